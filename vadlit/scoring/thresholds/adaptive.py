"""A threshold that follows slow drift upwards: a lens that gets dirty, a day that goes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, pi, sqrt
from typing import Any

import numpy as np

from vadlit.checks import check_positive
from vadlit.scoring.thresholds.base import Floats, Threshold, frames_in
from vadlit.scoring.thresholds.conformal import Conformal

# Deviation of a normal distribution over its median absolute deviation.
PER_MAD = 1.4826
# Step over deviation that makes up for a distance from the median at once, on average: one over
# twice the density there.
PULL = sqrt(pi / 2)


@dataclass
class Adaptive(Threshold):
    """The conformal level, raised by as much as the running median of the scores has risen.

    Each score that is not above the level moves the median one small step up or down, so no score
    counts more than another, and one of an alarm not at all (the stochastic approximation of
    Robbins and Monro 1951). It is the scores less that movement which the conformal level is
    fitted on, and whose block maxima its guarantee needs to be exchangeable.

    A jump to above the level is not followed: the alarm stays until the threshold is fitted anew.
    In another light other scores are normal: once the scene has changed, the steps begin large and
    become smaller as 1/n, so that the median is soon that of the scores since.

    It is never lower than its fit: a line that rests for a while scores lower than usual, and its
    next burst is no anomaly. So it raises no alarm that a level which stands would not.

    Attributes:
        false_alarms_per_hour: As of `Conformal`.
        block: Seconds, as of `Conformal`.
        time_constant: Seconds, above 0, in which 63 % of a small step of a normally distributed
            score's median is followed. Large ones are followed by 1.25 deviations in that time.
        bound: Deviations of the validation scores, above 0, that the level rises at most.
    """

    false_alarms_per_hour: float
    block: float
    time_constant: float
    bound: float

    def __post_init__(self) -> None:
        """Check the settings; UserError for what does not fit."""
        self._conformal = Conformal(self.false_alarms_per_hour, self.block)
        check_positive("The threshold's time_constant", self.time_constant)
        check_positive("The threshold's bound", self.bound)
        self._median = self._step = self._limit = self._shift = 0.0
        self._followed = inf

    def derive(self, events: list[Floats], frame_rate: float | None) -> float:
        """The conformal level of the scores less the movement of their median."""
        scores = np.concatenate(events)
        self._median = float(np.median(scores))
        deviation = PER_MAD * float(np.median(np.abs(scores - self._median)))
        frames = frames_in("The threshold's time_constant", self.time_constant, frame_rate)
        self._step = PULL * deviation / max(1, frames)
        self._limit = self.bound * deviation
        return self._conformal.derive([self._steadied(event) for event in events], frame_rate)

    def _steadied(self, event: Floats) -> Floats:
        """The scores of a normal event less the movement of their median, (n,)."""
        self.reset()
        steadied = []
        for score in event.tolist():
            steadied.append(score - self._shift)
            self._follow(score)
        return np.array(steadied)

    def reset(self) -> None:
        """Begin a new event, at the level of the fit."""
        self._shift, self._followed = 0.0, inf

    def level(self, score: float, changed: bool = False) -> float:
        """What the event's next score is compared with; one not above it is followed."""
        level = self.value + self._shift
        if changed:
            self._followed = 0.0
        elif score <= level:
            self._follow(score)
        return level

    def _follow(self, score: float) -> None:
        self._followed += 1
        at = self._median + self._shift
        step = max(self._step, PULL * self._limit / self.bound / self._followed)
        moved = self._shift + step * ((score > at) - (score < at))
        self._shift = max(0.0, min(self._limit, moved))

    def state(self) -> dict[str, float]:
        """What `fit` learned, for JSON."""
        learned = {"median": self._median, "step": self._step, "limit": self._limit}
        return super().state() | learned

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what `state` gave; a missing or foreign entry raises LookupError or ValueError."""
        super().restore(state)
        self._median, self._step, self._limit = (
            float(state[name]) for name in ("median", "step", "limit")
        )
