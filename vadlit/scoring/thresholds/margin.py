"""The threshold the thesis recommends for processes whose normal score swings."""

from dataclasses import dataclass

import numpy as np

from vadlit.checks import check_non_negative
from vadlit.scoring.thresholds.base import Floats, Threshold


@dataclass
class Margin(Threshold):
    """A set number of decibels, at least 0, above the worst (highest) validation score.

    For scores in decibels. Source: thesis section 3.4, there below the worst PSNR.
    """

    decibels: float

    def __post_init__(self) -> None:
        """Check `decibels`; anything but a finite number of at least 0 is a UserError."""
        check_non_negative("The threshold's decibels", self.decibels)

    def derive(self, events: list[Floats], frame_rate: float | None) -> float:
        """The highest score and the margin above it."""
        scores = np.concatenate(events)
        return float(scores.max() + self.decibels)
