"""When the tray comes and goes, when the picker lifts the rings, and how a rod wanders."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from vadlit.simulation.scene import Floats, Vector, turn

RINGS = 4
# Where the tray waits to come in, to the right of a picture that is at most 4 wide to 3 high; it
# rests at 0.
HIDDEN = 0.50
# Height of the cups' rims above the rings: out of the picture, and pressed on the foam.
HIGH, PRESSED = 0.33, -0.006
# To the left of the picture, where the picker takes the rings.
ASIDE = -0.50
# How far a rod is drawn back to be out of the picture, and how steeply it rises to the hand.
_OUTSIDE, _RISE = 0.40, 0.12


@dataclass(frozen=True)
class Move:
    """A motion that gains speed and loses it smoothly."""

    start: float
    seconds: float
    origin: float
    goal: float

    @property
    def end(self) -> float:
        """When it has come to rest."""
        return self.start + self.seconds

    def at(self, time: float) -> float:
        """Where it has come to."""
        return self.origin + smooth((time - self.start) / self.seconds) * (self.goal - self.origin)


@dataclass(frozen=True)
class Place:
    """How a ring lies on its peg: off its middle in metres, turned by `spin` radians."""

    x: float
    y: float
    spin: float
    look: int


@dataclass(frozen=True)
class Cycle:
    """From a tray's refilling until it has left.

    Args:
        start: The tray is out of the picture, and its rings are new.
        tray: Three motions to the left, and one back.
        height: Of the picker: down and up.
        aside: Of the picker: over the tray, and away with the rings.
        rings: From left to right.
        missed: Number of the ring that stays behind.
    """

    start: float
    tray: tuple[Move, ...]
    height: tuple[Move, Move]
    aside: tuple[Move, Move]
    rings: tuple[Place, ...]
    missed: int | None = None

    @property
    def lift(self) -> float:
        """When the picker sets out upwards with the rings."""
        return self.height[1].start

    @property
    def end(self) -> float:
        """When the tray has left, and the picker with the rings."""
        return max(self.tray[-1].end, self.aside[1].end)


@dataclass(frozen=True)
class Reach:
    """A rod that somebody holds into the picture.

    Args:
        start: When it sets out.
        seconds: Until it is out again.
        tip: How far it comes in (x, y, z).
        angle: Where it comes from, about the vertical.
        sway: Phases of its wandering.
    """

    start: float
    seconds: float
    tip: Vector
    angle: float
    sway: tuple[float, float]

    def at(self, time: float) -> tuple[Vector, Floats]:
        """Where the tip is, and how the rod is turned."""
        since = time - self.start
        out = 1 - smooth(since / (0.35 * self.seconds))
        out += 1 - smooth((self.seconds - since) / (0.35 * self.seconds))
        wander = sin(1.3 * since + self.sway[0]), sin(2.1 * since + self.sway[1])
        angle = self.angle + 0.05 * wander[0]
        back, slide = _OUTSIDE * out, 0.018 * wander[1]
        x, y, z = self.tip
        place = (x + (back + slide) * cos(angle), y + (back + slide) * sin(angle))
        rotation = turn(z=angle, y=pi / 2 - _RISE - 0.03 * wander[1])
        return (*place, z + 0.006 * wander[1] + back * sin(_RISE)), rotation


@dataclass(frozen=True)
class Timetable:
    """Everything that happens in an event.

    Args:
        cycles: In the order of time.
        reaches: Of the rod, in the order of time; they do not overlap.
        origin: The event's first moment, in the seconds of all the others.
    """

    cycles: tuple[Cycle, ...]
    reaches: tuple[Reach, ...]
    origin: float

    def cycle(self, time: float) -> Cycle:
        """The one that a time belongs to."""
        number = bisect_right(self.cycles, time, key=lambda cycle: cycle.start)
        return self.cycles[max(number - 1, 0)]

    def reach(self, time: float) -> Reach | None:
        """What the rod does."""
        number = bisect_right(self.reaches, time, key=lambda reach: reach.start)
        last = self.reaches[number - 1] if number else None
        return last if last is not None and time < last.start + last.seconds else None


def smooth(share: float) -> float:
    """Way as a share of time, from rest to rest with the least jerk (Flash and Hogan, 1985)."""
    s = min(max(share, 0.0), 1.0)
    return s * s * s * (10 - 15 * s + 6 * s * s)


def follow(moves: Sequence[Move], time: float) -> float:
    """Where motions that come one after the other have led."""
    begun = [move for move in moves if move.start <= time]
    return begun[-1].at(time) if begun else moves[0].origin
