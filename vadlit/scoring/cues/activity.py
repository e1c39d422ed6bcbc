"""How much moves in the whole picture, and what is usual while so much does.

A line that rests and bursts has two normals: what is plain to see at rest is far less than what
each burst brings.
"""

from math import log
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from vadlit.scoring.cells import DARK
from vadlit.scoring.view import Successive, View

# Added to every change: one of 0 has no logarithm.
STILLNESS = 1e-4
# What is usual is taken from the frames closest in activity: this share of all, but so many at
# least.
SHARE, LEAST = 0.1, 100
# In a normal distribution this share of the values lies less than HIGH deviations above the median.
# The highest scores raise alarms, and those of frames in which much moves are further above the
# others.
BELOW, HIGH = 0.99, 2.326
# Least deviation of a value, in standard deviations of a cell: where normal footage never varies,
# a division by next to nothing would let noise decide.
LEAST_SPREAD = 0.1


class Activity:
    """The logarithm of the share of the picture's light that changes from frame to frame."""

    def __init__(self) -> None:
        self._greys = Successive(lambda luma: luma)

    def __call__(self, view: View) -> float:
        """Of the target, with the frame before it."""
        before, now = self._greys(view)
        change = float(cv2.absdiff(now, before).mean()) / (float(now.mean()) + DARK)
        return log(change + STILLNESS)


class Usual(NamedTuple):
    """Median and upward deviation of a value by activity.

    Attributes:
        activities: (k,), rising.
        medians: (k,).
        deviations: (k,), above 0.
    """

    activities: Tensor
    medians: Tensor
    deviations: Tensor

    def standardised(self, totals: Tensor, activities: Tensor) -> Tensor:
        """Cells (n, h, w) of frames in deviations from what is usual for each frame's activity.

        Beyond the activities of normal footage, the nearest of them counts.
        """
        known = self.activities.numpy()
        median, deviation = (
            torch.from_numpy(np.interp(activities, known, of.numpy())).float()[:, None, None]
            for of in (self.medians, self.deviations)
        )
        return (totals - median) / deviation


# Of a fusion that has learned nothing yet.
ANYTHING = Usual(torch.zeros(1), torch.zeros(1), torch.ones(1))


def usual(values: Tensor, activities: Tensor) -> Usual:
    """What is usual by activity, each from the frames of normal footage that are closest in it.

    Args:
        values: (n,), one a frame.
        activities: (n,).
    """
    order = activities.argsort(stable=True)
    count = min(len(order), max(LEAST, round(SHARE * len(order))))
    neighbours = values[order].double().unfold(0, count, 1)
    shares = torch.tensor([0.5, BELOW], dtype=torch.float64)
    median, high = neighbours.quantile(shares, dim=1)
    return Usual(
        activities[order].double().unfold(0, count, 1).mean(dim=1).float(),
        median.float(),
        ((high - median) / HIGH).clamp(min=LEAST_SPREAD).float(),
    )
