"""What every threshold does: learn from normal footage, then give each score its level."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vadlit.checks import check_positive
from vadlit.errors import UserError

Floats = NDArray[np.float64]


class Threshold(ABC):
    """A score above which a frame is anomalous; a child says how it follows from the scores."""

    _value: float | None = None
    _span: float = 0.0

    @property
    def value(self) -> float:
        """The threshold, in the unit of the scores; UserError before it is fitted or set."""
        if self._value is None:
            raise UserError(
                f"The threshold {type(self).__name__} has no value; fit it on validation scores."
            )
        return self._value

    @value.setter
    def value(self, value: float) -> None:
        if not isfinite(value := float(value)):
            raise UserError(f"The threshold's value is {value}; it must be a finite number.")
        self._value = value

    @property
    def span(self) -> float:
        """From the median of the normal scores up to the value, at least 0; 0 before a fit."""
        return self._span

    def fit(self, events: Iterable[Floats], frame_rate: float | None = None) -> None:
        """Learn from the scores of all normal events held out, smoothed as in use.

        Args:
            events: For each event its scores (n,), in order of time.
            frame_rate: Frames a second; None where it is unknown.

        Raises:
            UserError: There are no scores, some are not finite, or too few for this threshold; or
                it counts in seconds, and the frame rate is unknown.
        """
        kept = [event for event in map(_as_scores, events) if event.size]
        scores = np.concatenate([np.empty(0), *kept])
        if scores.size == 0:
            raise UserError("The validation scores are empty; a threshold needs at least one.")
        bad = int((~np.isfinite(scores)).sum())
        if bad:
            raise UserError(
                f"{bad} of {scores.size} validation scores are not finite; all of them must be."
            )
        self.value = self.derive(kept, frame_rate)
        self._span = max(0.0, self.value - float(np.median(scores)))
        self.reset()

    def move(self, value: float) -> None:
        """Take another value than what was fitted; UserError where it is not finite."""
        median = self.value - self._span
        self.value = value
        self._span = max(0.0, self.value - median)

    @abstractmethod
    def derive(self, events: list[Floats], frame_rate: float | None) -> float:
        """The value for the scores (n,) of these events, at least one, all n >= 1 and finite."""

    def reset(self) -> None:  # noqa: B027 - most thresholds keep nothing of an event
        """Begin a new event."""

    def level(self, score: float, changed: bool = False) -> float:
        """What the event's next score is compared with: anomalous is all but `score <= level`.

        So NaN is anomalous: what cannot be scored must not pass as normal. A threshold that
        adapts does so afterwards, and takes note where the scene as a whole has changed.
        """
        return self.value

    def levels(self, scores: Floats, changed: NDArray[np.bool_] | None = None) -> Floats:
        """The levels of the scores of one event, of the same shape, from its beginning."""
        self.reset()
        other = np.zeros(scores.shape, np.bool_) if changed is None else changed
        found = map(self.level, scores.ravel().tolist(), other.ravel().tolist())
        return np.array([*found], np.float64).reshape(scores.shape)

    def decide(self, scores: Floats, changed: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Whether each score of one event is anomalous, from its beginning."""
        scores = np.asarray(scores, np.float64)
        return above(scores, self.levels(scores, changed))

    def state(self) -> dict[str, float]:
        """What `fit` learned, for JSON."""
        return {"value": self.value, "span": self.span}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what `state` gave; a missing or foreign entry raises LookupError or ValueError."""
        self.value, self._span = state["value"], float(state["span"])
        self.reset()


def above(scores: Floats, levels: Floats) -> NDArray[np.bool_]:
    """Which scores are above their levels; NaN is: it must not pass as normal."""
    return ~np.asarray(scores <= levels)


def frames_in(name: str, seconds: float, frame_rate: float | None) -> int:
    """The whole number of frames nearest to a time; UserError if the rate is unknown.

    No time is no frames at any rate.
    """
    if seconds == 0:
        return 0
    if frame_rate is None:
        raise UserError(f"{name} is {seconds} s of footage whose frame rate is unknown; name one.")
    check_positive("The frame rate", frame_rate)
    return round(seconds * frame_rate)


def _as_scores(event: Floats) -> Floats:
    return np.atleast_1d(np.asarray(event, np.float64))
