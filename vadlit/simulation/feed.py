"""Tops on a belt that moves in bursts, and a robot that takes them during the rests.

The belt has moved `travel` metres; a top at `along` is then at x = travel - along. The robot takes
what rests from `ZONE` on; upstream of it tops wait.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import inf, sqrt

# Of a top.
RADIUS, HEIGHT = 0.020, 0.018
# Where the robot begins to take tops.
ZONE = -0.03
# A top here or further upstream is not yet in the picture, there or further on not any more.
HIDDEN, GONE = -0.25, 0.25
# Of the belt: metres a second, and a second squared.
_SPEED, _GAIN = 0.28, 1.6


@dataclass(eq=False)
class Top:
    """One top.

    Args:
        along: Where it lies on the belt, in metres.
        across: How far it is from the middle line, in metres.
        spin: Its turn about the vertical, in radians.
        tilt: Its lean from upright: pi / 2 lies on its side, pi is upside down.
        wrong_from: When it begins to be an anomaly, in seconds.
        taken: When the robot sets out to take it, in seconds.
        stops: Whether the belt stops for it.
    """

    along: float
    across: float
    spin: float
    tilt: float = 0.0
    wrong_from: float = inf
    taken: float = inf
    stops: bool = True


@dataclass(frozen=True)
class Burst:
    """The belt sets out at `start`, having moved `before` metres, and moves `length` further."""

    start: float
    before: float
    length: float


@dataclass(frozen=True)
class Feed:
    """Everything that happens in an event.

    Args:
        tops: In the order in which they come.
        bursts: In the order of time; what was before the first is at rest.
        picks: Tops that are taken, in the order of time.
        origin: The event's first moment, in the seconds of all the others.
    """

    tops: tuple[Top, ...]
    bursts: tuple[Burst, ...]
    picks: tuple[Top, ...]
    origin: float

    def travel(self, time: float) -> float:
        """How far the belt has moved, in metres."""
        number = bisect_right(self.bursts, time, key=lambda burst: burst.start) - 1
        if number < 0:
            return 0.0
        burst = self.bursts[number]
        return burst.before + _ridden(burst.length, time - burst.start)

    def pick(self, time: float) -> Top | None:
        """The top that the robot set out for last."""
        number = bisect_right(self.picks, time, key=lambda top: top.taken)
        return self.picks[number - 1] if number else None


def _ridden(length: float, since: float) -> float:
    """How far the belt has come in a burst: it gains speed, keeps it, and slows down alike."""
    gain = min(_SPEED / _GAIN, sqrt(length / _GAIN))
    total = riding(length)
    if since >= total:
        return length
    if since > total / 2:
        return length - _ridden(length, total - since)
    if since < gain:
        return _GAIN * since**2 / 2
    return _GAIN * gain * (since - gain / 2)


def riding(length: float) -> float:
    """Seconds that a burst lasts."""
    gain = min(_SPEED / _GAIN, sqrt(length / _GAIN))
    return length / (_GAIN * gain) + gain
