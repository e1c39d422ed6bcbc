"""The layers of a decoder once more, as plain functions of its weights."""

import torch
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


def up_to_layer2(weights: Weights, x: dict[str, Tensor]) -> Tensor:
    """What `skiptwice` makes of the features until it has the size of `layer2`, its skip joined."""
    y = block(weights, "block1", conv(weights, "merge", x["layer4"]))
    y = torch.cat([y, conv(weights, "skip3", x["layer3"])], 1)
    y = block(weights, "block2", y)
    return torch.cat([y, conv(weights, "skip2", x["layer2"])], 1)
