"""How far a measure would swing with other events: percentile bootstrap intervals."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def interval(
    measure: Callable[..., float | None],
    *arrays: Sequence[NDArray[Any]],
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[float, float] | None:
    """The interval that holds a share `level` of the measure over events drawn with replacement.

    Whole events are drawn, since the frames of one event are alike: intervals over frames would
    be far too narrow.

    Args:
        measure: Of lists with one array an event, one list for each of `arrays`; None where it is
            not defined.
        arrays: Such lists, all with the events in one order.
        level: In (0, 1).
        resamples: How often events are drawn.
        seed: The same seed gives the same interval.

    Returns:
        Its ends; None with fewer than two events, or where most draws have no measure: those left
        would be a choice.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
    """
    events = len(arrays[0])
    assert all(len(part) == events for part in arrays)
    if events < 2:
        return None
    draws = np.random.default_rng(seed).integers(events, size=(resamples, events))
    found = [measure(*([part[i] for i in draw] for part in arrays)) for draw in draws]
    defined = [value for value in found if value is not None]
    if 2 * len(defined) < resamples:
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
