"""What every threshold does: learn one number from normal footage, and compare with it."""

from abc import ABC, abstractmethod
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from vadlit.errors import UserError


class Threshold(ABC):
    """A score above which a frame is anomalous; a child says how it follows from the scores."""

    _value: float | None = None

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
        self._value = float(value)

    def fit(self, validation_scores: NDArray[np.float64]) -> None:
        """Derive the value from the scores (n,) of all validation frames, smoothed as in use.

        Raises:
            UserError: There are no scores, or some are not finite.
        """
        scores = np.asarray(validation_scores, np.float64)
        if scores.size == 0:
            raise UserError("The validation scores are empty; a threshold needs at least one.")
        bad = int((~np.isfinite(scores)).sum())
        if bad:
            raise UserError(
                f"{bad} of {scores.size} validation scores are not finite; all of them must be."
            )
        self.value = self.derive(scores)

    def decide(self, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each score, of any shape, is above the value, and so anomalous.

        NaN is anomalous too: what cannot be scored must not pass as normal.
        """
        return ~np.asarray(np.asarray(scores, np.float64) <= self.value)

    @abstractmethod
    def derive(self, scores: NDArray[np.float64]) -> float:
        """The threshold for these validation scores, (n,), n >= 1, all finite."""


def check_non_negative(name: str, value: float) -> None:
    """Raise UserError unless the setting `name` is a finite number of at least 0."""
    if not isinstance(value, (int, float)) or not isfinite(value) or value < 0:
        raise UserError(f"{name} is {value!r}; it must be a finite number of at least 0.")
