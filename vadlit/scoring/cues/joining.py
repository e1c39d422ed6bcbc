"""The arithmetic of fusion: parts on one scale, added cell by cell, and the worst of the cells."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from vadlit.errors import UserError
from vadlit.scoring.cues.activity import ANYTHING, Usual, usual

# A part's deviation is at least this share of its mean: where normal footage never varies, a
# division by next to nothing would let noise decide.
LEAST_SPREAD = 0.01


class Looks(NamedTuple):
    """What the parts say of frames.

    Attributes:
        cells: (n, parts, h, w), each part in its own unit; NaN where it has nothing to say.
        activities: (n,), how much moves in each frame.
        changed: (n,), bool, whether the scene as a whole is another one.
    """

    cells: Tensor
    activities: Tensor
    changed: Tensor


def gathered(looks: Sequence[Looks]) -> Looks:
    """The frames of some looks, one after the other."""
    return Looks(*(torch.cat(each) for each in zip(*looks, strict=True)))


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


class Joining:
    """From what the parts say of frames to one number a cell and one a frame.

    Args:
        weights: How much each part counts, (parts,), 0 or more.
        worst: Cells that a frame's value is the mean of.
    """

    def __init__(self, weights: Tensor, worst: int) -> None:
        self.weights = weights
        self.worst = worst
        self.scale = Scale(torch.zeros(len(weights)), torch.ones(len(weights)))
        self.usual = ANYTHING

    def learn(self, held_out: Looks) -> None:
        """Take the normal range of the parts, and of their sum by how much moves."""
        self.scale = normal_scale(held_out.cells)
        total = joined(held_out.cells, self.scale, self.weights)
        self.usual = usual(self.values(total), held_out.activities)

    def totals(self, looks: Looks) -> Tensor:
        """Deviations from what is usual while so much moves, (n, h, w)."""
        total = joined(looks.cells, self.scale, self.weights)
        return self.usual.standardised(total, looks.activities)

    def values(self, totals: Tensor) -> Tensor:
        """A number a frame: (n, h, w) to (n)."""
        return mean_of_worst(totals, self.worst)

    def state(self) -> dict[str, Tensor]:
        """What was learned, as named tensors."""
        return self.scale._asdict() | {
            f"usual.{name}": value for name, value in self.usual._asdict().items()
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.scale = Scale(*(state[name] for name in Scale._fields))
        self.usual = Usual(*(state[f"usual.{name}"] for name in Usual._fields))
