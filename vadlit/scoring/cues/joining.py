"""The arithmetic of fusion: parts on one scale, added cell by cell, and the worst of the cells."""

from typing import NamedTuple

import torch
from torch import Tensor

from vadlit.errors import UserError

# A part's deviation is at least this share of its mean: where normal footage never varies, a
# division by next to nothing would let noise decide.
LEAST_SPREAD = 0.01


class Scale(NamedTuple):
    """The normal range of each part.

    Attributes:
        means: (parts,).
        deviations: (parts,), above 0.
    """

    means: Tensor
    deviations: Tensor


def normal_scale(cells: Tensor) -> Scale:
    """Mean and standard deviation of each part, over the cells that every part speaks about.

    Args:
        cells: (n, parts, h, w) of normal footage; NaN where a part has nothing to say.

    Raises:
        UserError: There are less than two such cells.
    """
    rows = cells.movedim(1, 0).flatten(1)
    values = rows[:, ~rows.isnan().any(dim=0)].double()
    if values.shape[1] < 2:
        raise UserError(
            "The validation footage shows nothing in front of its background; allowed is "
            "footage in which something moves."
        )
    means, spread = values.mean(dim=1).float(), values.std(dim=1).float()
    return Scale(means, spread.maximum(LEAST_SPREAD * means.abs()).clamp(min=1e-6))


def standardised(cells: Tensor, scale: Scale) -> Tensor:
    """Cells (..., parts, h, w) in deviations from normal; 0, the mean, where a part is silent."""
    means, deviations = (x[:, None, None] for x in scale)
    return torch.nan_to_num((cells - means) / deviations, nan=0.0)


def joined(cells: Tensor, scale: Scale, weights: Tensor) -> Tensor:
    """The weighted sum of standardised cells: (..., parts, h, w) and (parts,) to (..., h, w)."""
    return (standardised(cells, scale) * weights[:, None, None]).sum(dim=-3)


def mean_of_worst(total: Tensor, count: int) -> Tensor:
    """Mean of the highest cells, all of them if they are fewer: (..., h, w) to (...)."""
    cells = total.flatten(-2)
    return cells.topk(min(count, cells.shape[-1]), dim=-1).values.mean(dim=-1)
