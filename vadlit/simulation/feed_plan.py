"""Chance decides which tops come, when the belt moves, and what goes wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, inf, pi, sin

import numpy as np

from vadlit.simulation.feed import GONE, HIDDEN, RADIUS, ZONE, Burst, Feed, Top, riding
from vadlit.simulation.line import moments

CLUSTER, FALLEN, MISSED = "cluster", "fallen", "missed"
ANOMALIES = (CLUSTER, FALLEN, MISSED)

# Tops nearer than this would touch; the second holds for one that lies in whatever way.
CLEAR, ROOMY = 2 * RADIUS + 0.002, 0.048
# Where the first top of a rest comes to stand: there is no one place for it.
_STOP = (0.04, 0.12)
# Seconds from the belt's stop to the robot's start.
_SETTLE = 0.4
# How often bare belt follows a top, and how long it is.
_BARE, _BARE_LENGTH = 0.12, (0.08, 0.30)


@dataclass(frozen=True)
class Pace:
    """How often tops come and how long the robot takes.

    Args:
        gap: Mean distance of two tops' middles where no bare belt is between them, in metres.
        pick: Seconds that taking one top lasts.
        pause: Mean seconds that a rest lasts beyond that.
    """

    gap: float
    pick: float
    pause: float


def plan_feed(
    seconds: float,
    anomaly: tuple[str, ...],
    pace: Pace,
    luck: np.random.Generator,
    mischief: np.random.Generator,
) -> Feed:
    """Draw an event.

    The first anomaly comes with a burst that sets out at its time, the middle of an event that has
    but one; later ones come with the burst that is nearest to theirs.

    Args:
        seconds: Of the event.
        anomaly: Kinds, at even intervals.
        pace: Of tops and robot.
        luck: Draws what is normal.
        mischief: Draws anomalies: until the first, all is as without.
    """
    due = list(zip(moments(seconds, len(anomaly)), anomaly, strict=True))
    # A burst sets out here, in every event: short ones show one, too.
    anchor = max(moments(seconds, max(len(anomaly), 1))[0] - 0.5, 0.0)
    slack = (pace.pause + 3 * pace.pick) / 2
    queue = _Queue(pace.gap, luck)
    bursts: list[Burst] = []
    picks: list[Top] = []
    time = travel = 0.0
    origin = inf
    while time < origin + seconds:
        ready = queue.serve(travel)
        now = time + _SETTLE + len(ready) * pace.pick + pace.pause * float(luck.uniform(0.3, 1.7))
        if origin == inf and now >= anchor:
            origin = now - anchor
        # Where nothing is ready, nothing can be missed, and another rest has to do.
        come = [
            (moment, kind)
            for moment, kind in due
            if now - origin >= moment - slack and (ready or kind != MISSED)
        ]
        due = [each for each in due if each not in come]
        for _, kind in come:
            if kind == MISSED:
                ready = _without_missed(ready, now, mischief)
            else:
                queue.insert(_trouble(kind, mischief), travel)
        for k, top in enumerate(ready):
            top.taken = time + _SETTLE + k * pace.pick
        picks += ready
        length = queue.next_stop() - travel + float(luck.uniform(*_STOP))
        bursts.append(Burst(now, travel, length))
        time, travel = now + riding(length), travel + length
    queue.draw_to(travel - HIDDEN)
    return Feed(tuple(queue.tops), tuple(bursts), tuple(picks), origin)


class _Queue:
    """The tops as far as they have been drawn, in the order in which they come."""

    def __init__(self, gap: float, luck: np.random.Generator) -> None:
        self._gap, self._luck = gap, luck
        self.tops: list[Top] = []
        self._end = -float(luck.uniform(*_STOP))
        self._served = 0

    def serve(self, travel: float) -> list[Top]:
        """What the robot can take in this rest, the furthest downstream first."""
        self.draw_to(travel - HIDDEN)
        start = self._served
        while self.tops[self._served].along < travel - ZONE:
            self._served += 1
        return [top for top in self.tops[start : self._served] if top.wrong_from == inf]

    def next_stop(self) -> float:
        """Where the next top is that the belt stops for, of those that no rest has served."""
        place = self._served
        while True:
            if place == len(self.tops):
                self._draw()
            if self.tops[place].stops:
                return self.tops[place].along
            place += 1

    def insert(self, tops: list[Top], travel: float) -> None:
        """Put tops in the line just before the picture; `along` counts from there."""
        while self.tops[-1].along > travel - HIDDEN and self.tops[-1].wrong_from == inf:
            self.tops.pop()
        start = max(self.tops[-1].along + ROOMY, travel - HIDDEN)
        for top in tops:
            top.along += start
        self.tops += tops
        # Behind what passes through, the next to stop is so far off that nothing of it rests.
        self._end = tops[-1].along + (ROOMY if tops[-1].stops else GONE)

    def draw_to(self, along: float) -> None:
        """Draw sound tops as far as a place on the belt, and one beyond."""
        while not self.tops or self.tops[-1].along <= along:
            self._draw()

    def _draw(self) -> None:
        luck = self._luck
        across, spin = float(luck.uniform(-0.002, 0.002)), float(luck.uniform(-pi, pi))
        self.tops.append(Top(self._end, across, spin))
        # Many nearly touch, and some have a wide gap.
        self._end += CLEAR + float(luck.gamma(0.7, (self._gap - CLEAR) / 0.7))
        if luck.random() < _BARE:
            self._end += float(luck.uniform(*_BARE_LENGTH))


def _without_missed(ready: list[Top], now: float, mischief: np.random.Generator) -> list[Top]:
    """All but the last one or two, which are an anomaly from when the belt takes them on."""
    count = int(mischief.integers(1, 3))
    for top in ready[-count:]:
        top.wrong_from = now
    return ready[:-count]


def _trouble(kind: str, mischief: np.random.Generator) -> list[Top]:
    """Tops that the robot cannot take, from 0 on along the belt."""
    return list(_clusters(mischief) if kind == CLUSTER else _fallen(mischief))


def _fallen(mischief: np.random.Generator) -> Iterator[Top]:
    """Tops on their side or upside down; the first lies on its side."""
    along = 0.0
    for k in range(int(mischief.integers(1, 4))):
        spin, across = float(mischief.uniform(-pi, pi)), float(mischief.uniform(-0.012, 0.012))
        tilt = pi if k > 0 and mischief.random() < 0.5 else pi / 2
        yield Top(along, across, spin, tilt, wrong_from=0.0)
        along += ROOMY + float(mischief.uniform(0.0, 0.03))


def _clusters(mischief: np.random.Generator) -> Iterator[Top]:
    """The first cluster comes to rest in the picture, the others pass through it in one burst."""
    start = 0.04
    for number in range(int(mischief.integers(2, 4))):
        places = sorted(_touching(int(mischief.integers(4, 8)), mischief))
        for k, (along, across) in enumerate(places):
            spin = float(mischief.uniform(-pi, pi))
            place = start + along - places[0][0]
            yield Top(place, across, spin, wrong_from=0.0, stops=number == k == 0)
        start = place + float(mischief.uniform(0.35, 0.6))


def _touching(count: int, mischief: np.random.Generator) -> list[tuple[float, float]]:
    """Places (along, across) of tops off the middle line that each touch one of the others."""
    apart, widest = 2 * RADIUS + 0.0003, 0.058
    side = 1.0 if mischief.random() < 0.5 else -1.0
    places = [(0.0, side * float(mischief.uniform(0.018, 0.04)))]
    while len(places) < count:
        along, across = places[int(mischief.integers(len(places)))]
        angle = float(mischief.uniform(-pi, pi))
        new = (along + apart * cos(angle), across + apart * sin(angle))
        near = min((new[0] - a) ** 2 + (new[1] - b) ** 2 for a, b in places)
        if near >= (apart - 1e-9) ** 2 and abs(new[1]) < widest and abs(new[0]) < 0.075:
            places.append(new)
    return places
