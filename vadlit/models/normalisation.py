"""The mean and standard deviation of ImageNet, which the frozen encoder was trained with."""

import torch
from torch import Tensor

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def _per_channel(values: tuple[float, ...], like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=like.dtype, device=like.device).view(3, 1, 1)


def normalise(x: Tensor) -> Tensor:
    """Pixels in [0, 1], (..., 3, H, W), to the encoder's scale."""
    return (x - _per_channel(MEAN, x)) / _per_channel(STD, x)


def denormalise(x: Tensor) -> Tensor:
    """Undo `normalise`: (..., 3, H, W) back to pixels, nothing clipped to [0, 1]."""
    return torch.addcmul(_per_channel(MEAN, x), x, _per_channel(STD, x))
