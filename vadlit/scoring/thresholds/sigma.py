"""The thesis's threshold."""

from dataclasses import dataclass

import numpy as np

from vadlit.checks import check_non_negative
from vadlit.scoring.thresholds.base import Floats, Threshold


@dataclass
class Sigma(Threshold):
    """Mean plus `k` standard deviations (of the population) of the validation scores, `k >= 0`.

    Source: thesis section 3.4, there below the mean of the PSNR, which is the score negated.
    """

    k: float

    def __post_init__(self) -> None:
        """Check `k`; anything but a finite number of at least 0 is a UserError."""
        check_non_negative("The threshold's k", self.k)

    def derive(self, events: list[Floats], frame_rate: float | None) -> float:
        """The mean and `k` standard deviations above it."""
        scores = np.concatenate(events)
        return float(scores.mean() + self.k * scores.std())
