"""Which frames train, validate and test: by time, never drawn at random.

Frames that lie near each other in time look alike: a split of random frames would validate on what
was trained. Footage is cut along its time line instead, with gaps that belong to no split.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vadlit.data.events import Range
from vadlit.preparation.timeline import Times

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shares:
    """How a time line is cut.

    Args:
        validation: Share of the normal footage that validates, in (0, 1): the last of it.
        test: Share of labelled footage that tests, in (0, 1).
        gap: Seconds left out between two splits.
        margin: Seconds left out before and after an anomaly that lies outside of the test.
    """

    validation: float
    test: float
    gap: float
    margin: float


@dataclass(frozen=True)
class Split:
    """Inclusive ranges of frames, each one event; no frame is in two of them."""

    train: tuple[Range, ...]
    val: tuple[Range, ...]
    test: tuple[Range, ...]


def split(times: Times, anomalous: tuple[Range, ...], shares: Shares) -> Split:
    """Cut footage into training, validation and, where it has anomalies, test.

    The test is one unbroken stretch: that of the given share which holds the most anomalous
    frames. Of the rest, what is normal trains and validates, in this order; anomalies outside of
    the test are left out.

    Args:
        times: (n,) seconds, rising.
        anomalous: Inclusive ranges of frames.
        shares: How much each split gets.
    """
    normal = np.ones(len(times), np.bool_)
    for first, last in anomalous:
        normal &= _far(times, first, last, shares.margin)
    test = (stretch_to_test(len(times), anomalous, shares.test),) if anomalous else ()
    for first, last in test:
        normal &= _far(times, first, last, shares.gap)
    train, val = train_and_validation(times, normal, shares)
    return Split(runs(train), runs(val), test)


def stretch_to_test(frames: int, anomalous: tuple[Range, ...], share: float) -> Range:
    """The stretch of a share of all frames with the most anomalous ones.

    Where several have as many, the middle one: then normal footage lies on both sides.
    """
    length = min(frames, max(1, round(share * frames)))
    flags = np.zeros(frames + 1, np.int64)
    for first, last in anomalous:
        flags[first + 1 : last + 2] = 1
    before = np.cumsum(flags)  # anomalous frames before each frame
    inside = before[length:] - before[: frames + 1 - length]
    best = np.flatnonzero(inside == inside.max())
    first = int(best[len(best) // 2])
    return first, first + length - 1


def train_and_validation(times: Times, normal: Bools, shares: Shares) -> tuple[Bools, Bools]:
    """The last normal frames validate; those before train, up to the gap."""
    number = np.cumsum(normal)
    val = normal & (number > round((1 - shares.validation) * number[-1]))
    first = np.flatnonzero(val)[:1]
    train = normal & ~val & (times < times[first].sum() - shares.gap)
    return train, val


def runs(mask: Bools) -> tuple[Range, ...]:
    """Where a mask is true, as inclusive ranges."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False]))))
    return tuple((int(a), int(b) - 1) for a, b in edges.reshape(-1, 2))


def _far(times: Times, first: int, last: int, seconds: float) -> Bools:
    return np.asarray((times < times[first] - seconds) | (times > times[last] + seconds))
