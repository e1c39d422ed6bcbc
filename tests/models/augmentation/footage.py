"""Sequences to be augmented, and what is said of the numbers drawn."""

import torch
from torch import Tensor


def sequences(batch: int, height: int = 32, width: int = 64, frames: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(batch, frames, 3, height, width, generator=generator)


def still(picture: Tensor, batch: int, frames: int = 5) -> Tensor:
    return picture.expand(batch, frames, *picture.shape)


def assert_uniform(values: Tensor, limit: float, centre: float = 0.0) -> None:
    """Within the limits, near to both, and spread evenly."""
    assert (values - centre).abs().max() <= limit * 1.001
    share_below = (values.sort().values - centre + limit) / (2 * limit)
    share_drawn = torch.arange(len(values)) / len(values)
    # Kolmogorov and Smirnov: exceeded by chance in one of a hundred draws.
    assert (share_below - share_drawn).abs().max() < 1.63 / len(values) ** 0.5
    assert values.max() > centre + 0.98 * limit
    assert values.min() < centre - 0.98 * limit
