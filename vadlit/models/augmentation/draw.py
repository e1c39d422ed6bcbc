"""Random numbers of sequences, drawn on the CPU so that every device agrees."""

import torch
from torch import Tensor


def uniform(sequences: Tensor, low: float, high: float, *shape: int) -> Tensor:
    """Numbers from low to high for each of the sequences (B, ...), (B, *shape)."""
    draws = torch.rand(len(sequences), *shape)
    return (low + (high - low) * draws).to(sequences)


def either_way(sequences: Tensor, limit: float) -> Tensor:
    """A number from -limit to limit for each of the sequences (B, ...), (B,)."""
    return uniform(sequences, -limit, limit)
