"""The smoothing window: the average over the scores of one event, as a whole or as they come.

Every mean is a correctly rounded sum of its own window (`math.fsum`), never a running sum: nothing
drifts, and both ways give the same numbers to the last bit.
"""

from collections import deque
from collections.abc import Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from vadlit.errors import UserError


def smooth(scores: NDArray[np.float64], window: int, centred: bool = False) -> NDArray[np.float64]:
    """Average the scores of one event over a window (thesis section 3.4).

    Args:
        scores: (n,) of one event, in order of time.
        window: How many scores, at least 1, which changes nothing.
        centred: False: the score and the `window - 1` before it, as in a stream. True: as many
            before as after it, and where the window is even one more before.

    Returns:
        float64 (n,). Where the window reaches over an end, the mean of what there is.

    Raises:
        UserError: The window is not a whole number of at least 1.
    """
    _check_window(window)
    after = (window - 1) // 2 if centred else 0
    before = window - 1 - after
    values = np.asarray(scores, np.float64).tolist()
    return np.array(
        [_mean(values[max(0, i - before) : i + after + 1]) for i in range(len(values))], np.float64
    )


def smooth_held(
    values: Sequence[float], changed: Sequence[bool], window: int
) -> NDArray[np.float64]:
    """The causal average of one event, (n,), that stands still while the scene is `changed`."""
    smoother = Smoother(window)
    return np.array(
        [smoother.next(value, held) for value, held in zip(values, changed, strict=True)],
        np.float64,
    )


class Smoother:
    """Causal smoothing of a stream: the numbers of `smooth(scores, window)`, one at a time."""

    def __init__(self, window: int) -> None:
        """Average over the last `window` scores, at least 1; anything else is a UserError."""
        _check_window(window)
        self._last: deque[float] = deque(maxlen=window)

    def next(self, value: float, held: bool = False) -> float:
        """Take the next score and return the mean of the last ones, itself included.

        One that is `held` says nothing and is left out; before the first other one it is returned.
        """
        if not held:
            self._last.append(value)
        return _mean(self._last) if self._last else value

    def reset(self) -> None:
        """Forget all scores: a new event begins."""
        self._last.clear()


def _mean(values: list[float] | deque[float]) -> float:
    return fsum(values) / len(values)


def _check_window(window: int) -> None:
    if not isinstance(window, int) or window < 1:
        raise UserError(
            f"The smoothing window is {window!r}; it must be a whole number of at least 1."
        )
