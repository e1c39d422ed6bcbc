"""The plainest threshold: a share of the normal frames stays below it."""

from dataclasses import dataclass

import numpy as np

from vadlit.checks import within
from vadlit.scoring.thresholds.base import Floats, Threshold


@dataclass
class Quantile(Threshold):
    """The `q` quantile of the validation scores, frame by frame, linear between two scores.

    It counts frames, which come in runs, so it says little about how often there is an alarm.
    """

    q: float

    def __post_init__(self) -> None:
        """Check `q`; anything but a number from 0 to 1 is a UserError."""
        within("The threshold's q", self.q, 1)

    def derive(self, events: list[Floats], frame_rate: float | None) -> float:
        """The quantile over the frames of all events."""
        return float(np.quantile(np.concatenate(events), self.q))
