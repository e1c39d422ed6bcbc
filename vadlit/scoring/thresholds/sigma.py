"""The thesis's threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vadlit.scoring.thresholds.base import Threshold, check_non_negative


@dataclass
class Sigma(Threshold):
    """Mean plus `k` standard deviations (of the population) of the validation scores, `k >= 0`.

    Source: thesis section 3.4, there below the mean of the PSNR, which is the score negated.
    """

    k: float

    def __post_init__(self) -> None:
        """Check `k`; anything but a finite number of at least 0 is a UserError."""
        check_non_negative("The threshold's k", self.k)

    def derive(self, scores: NDArray[np.float64]) -> float:
        """The mean and `k` standard deviations above it."""
        return float(scores.mean() + self.k * scores.std())
