"""The layers of a decoder once more, as plain functions of its weights."""

from torch import Tensor
from torch.nn.functional import batch_norm, conv2d, conv_transpose2d

Weights = dict[str, Tensor]


def conv(weights: Weights, name: str, x: Tensor, padding: int = 0) -> Tensor:
    """Convolution of stride 1."""
    return conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=padding)


def block(weights: Weights, name: str, x: Tensor) -> Tensor:
    """Transposed convolution, batch norm with running statistics and ReLU."""
    x = conv_transpose2d(x, weights[f"{name}.0.weight"], stride=2, padding=1, output_padding=1)
    statistics = weights[f"{name}.1.running_mean"], weights[f"{name}.1.running_var"]
    norm = weights[f"{name}.1.weight"], weights[f"{name}.1.bias"]
    return batch_norm(x, *statistics, *norm).clamp(min=0)


def head(weights: Weights, x: Tensor) -> Tensor:
    """The last transposed convolution, and nothing after it."""
    weight, bias = weights["head.weight"], weights["head.bias"]
    return conv_transpose2d(x, weight, bias, stride=2, padding=1, output_padding=1)
