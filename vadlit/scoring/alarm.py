"""From scores to an alarm that a person can work with: it neither flickers nor nags."""

from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from vadlit.checks import check_non_negative, within
from vadlit.scoring.thresholds.base import Floats, frames_in


@dataclass
class Alarm:
    """The alarm of one event, frame by frame: on-delay, dead band and off-delay (ISA-18.2).

    It is raised once the score has been above the level for `minimum` seconds, and ends once it
    has not been above the lower level for `cool_down` seconds: a rise in between belongs to the
    same alarm. No score raises it while the scene as a whole is another one, nor `settle` seconds
    after: a lamp that is switched is no anomaly. But NaN does, always and at once.

    Attributes:
        keep: The lower level, as a share of the way from the normal median to the level, 0 to 1;
            1 is the level itself.
        minimum: Seconds, at least 0; 0 raises it with the first score above the level.
        cool_down: Seconds, at least 0; 0 ends it with the first score not above the lower level.
        settle: Seconds, at least 0.
        frame_rate: Frames a second. Where it is unknown, None, all times must be 0, else it is a
            UserError, as is a setting out of its range.
        span: From the normal median to the level (`Threshold.span`), at least 0.
    """

    keep: float
    minimum: float
    cool_down: float
    settle: float
    frame_rate: float | None
    span: float

    def __post_init__(self) -> None:
        """Check the settings and turn seconds into frames."""
        within("The alarm's keep", self.keep, 1)
        check_non_negative("The alarm's minimum", self.minimum)
        check_non_negative("The alarm's cool_down", self.cool_down)
        check_non_negative("The alarm's settle", self.settle)
        check_non_negative("The alarm's span", self.span)
        self._due = max(1, frames_in("The alarm's minimum", self.minimum, self.frame_rate))
        self._hold = frames_in("The alarm's cool_down", self.cool_down, self.frame_rate)
        self._settling = frames_in("The alarm's settle", self.settle, self.frame_rate)
        self._above = self._below = 0
        self._since_change = self._settling
        self._on = False

    def push(self, score: float, level: float, changed: bool = False) -> bool:
        """Take the event's next score, its level and whether the scene is another; is it on?"""
        self._since_change = 0 if changed else self._since_change + 1
        settled = self._since_change > self._settling
        lower = level - (1 - self.keep) * self.span
        self._above = 0 if score <= level or not settled else self._above + 1
        self._below = self._below + 1 if score <= lower else 0
        if self._on:
            self._on = self._below <= self._hold
        else:
            self._on = isnan(score) or self._above >= self._due
        return self._on

    def raised(
        self, scores: Floats, levels: Floats, changed: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Whether it is on at each of the event's scores, all arrays of shape (n,)."""
        frames = zip(scores.tolist(), levels.tolist(), changed.tolist(), strict=True)
        return np.array([self.push(*frame) for frame in frames], np.bool_)
