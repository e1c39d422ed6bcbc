"""Plastic tops on a conveyor that moves in bursts, and a robot that takes them (thesis 4.1.2)."""

from bisect import bisect_left
from collections.abc import Iterator
from math import pi

import numpy as np

from vadlit.simulation.feed import GONE, Feed, Top
from vadlit.simulation.feed_plan import ANOMALIES, Pace, plan_feed
from vadlit.simulation.limits import number
from vadlit.simulation.line import Plan, Script
from vadlit.simulation.scene import (
    TIP,
    Box,
    Lamp,
    Material,
    Moment,
    Solid,
    Stage,
    Turned,
    Vector,
    View,
    turn,
)
from vadlit.simulation.surroundings import BAITS
from vadlit.simulation.textures import brushed, finished, letter, printed, speckled, wooden, worn
from vadlit.simulation.tops import PERIOD, WIDTH, Gripper, lie, make_belt, make_tops

# More tops than the picture ever holds.
_SLOTS = 24
# Behind the camera: what is there moves by no pixels.
_AWAY = (0.0, -2.0, 0.0)
# The robot's way as it takes a top: share of its time, how far it is from where it waits (0) to
# the top (1), how high it is above the belt, how far its fingers are from the top, in metres.
_WAY = np.array(
    [
        (0.00, 0.0, 0.12, 0.010),
        (0.32, 1.0, 0.09, 0.010),
        (0.47, 1.0, 0.00, 0.010),
        (0.54, 1.0, 0.00, 0.000),
        (0.70, 1.0, 0.09, 0.000),
        (1.00, 0.0, 0.12, 0.000),
    ]
)
_GRASPED = 0.54
# Where the robot waits and lets go: out of the picture.
_HOME = (0.30, 0.08)
# How far the conveyor's side members are from its middle line.
_EDGE = WIDTH / 2 + 0.014


class FeederLine:
    """The feeder line.

    A frame is anomalous exactly when at least `visible` of its pixels show tops of a cluster,
    fallen tops, or tops that the robot has missed. A whole top covers about 0.008 of the picture.

    Args:
        gap: Mean distance of two tops' middles where no bare belt is between them, in metres.
        pick: Seconds that taking one top lasts.
        pause: Mean seconds that a rest lasts beyond that.
        visible: Smallest share of the picture that makes a frame anomalous.
        seed: Of the tops' wear and the surfaces, which all events share.
    """

    name = "feeder"
    anomalies = ANOMALIES
    baits = BAITS

    def __init__(self, *, gap: float, pick: float, pause: float, visible: float, seed: int) -> None:
        self.visible = number("line.visible", visible, 0.0001, 1)
        self._pace = Pace(
            number("line.gap", gap, 0.045, 0.15),
            number("line.pick", pick, 0.5, 60),
            number("line.pause", pause, 0.1, 600),
        )
        generator = np.random.default_rng(seed)
        self._tops = make_tops(generator)
        self._belt = make_belt(generator)
        self._gripper = Gripper(generator)
        self._seed = seed

    def stage(self) -> Stage:
        """The conveyor's frame with its sensor, and the cabinet behind it."""
        return Stage(
            _surroundings(np.random.default_rng([self._seed, 1])),
            (
                Lamp((-0.35, -0.35, 2.0), (0.78, 0.74, 0.68), 0.14, 0.24),
                Lamp((-2.0, 0.6, 1.2), (0.24, 0.27, 0.32), 0.5, 0.42),
            ),
            View((0.0, -0.37, 0.53), (0.0, 0.012, 0.0), 0.60),
            Solid(self._belt, (0.0, 0.0, -0.002), casts=False),
        )

    def script(self, plan: Plan, generator: np.random.Generator) -> Script:
        """Bursts, rests and picks, drawn beforehand."""
        luck, mischief = generator.spawn(2)
        feed = plan_feed(plan.seconds, plan.anomaly, self._pace, luck, mischief)

        def moment(time: float) -> Moment:
            now = feed.origin + time
            travel = feed.travel(now)
            # Surface and place come again after a period, so the belt may be long gone.
            belt = Solid(self._belt, (travel % PERIOD, 0.0, -0.002), casts=False)
            target = feed.pick(now)
            phase = 1.0 if target is None else min((now - target.taken) / self._pace.pick, 1.0)
            hand, opening = _hand(feed, target, phase)
            tops = self._place(feed, now, target, hand if phase >= _GRASPED else None)
            solids = (*self._gripper.place(hand, opening), *tops)
            return Moment(solids, (1.0, 1.0), belt=belt)

        return moment

    def _place(
        self, feed: Feed, now: float, target: Top | None, holding: Vector | None
    ) -> list[Solid]:
        """The tops in the picture and those to come, each in its slot for as long as it shows."""
        travel = feed.travel(now)
        solids = [Solid(self._tops[0], _AWAY)] * _SLOTS
        first = bisect_left(feed.tops, travel - GONE, key=lambda top: top.along)
        for place in range(first, min(first + _SLOTS, len(feed.tops))):
            top, shape = feed.tops[place], self._tops[place % len(self._tops)]
            foot, rotation = lie(travel - top.along, top.across, top.spin, top.tilt)
            if top is target:
                foot = holding or foot
            elif top.taken <= now:
                foot = _AWAY
            wrong = now >= top.wrong_from
            solids[place % _SLOTS] = Solid(shape, foot, rotation, anomalous=wrong)
        return solids


def _hand(feed: Feed, target: Top | None, phase: float) -> tuple[Vector, float]:
    """Where the gripper is, and how far its fingers are from what they hold."""
    if target is None or phase == 1:
        return (*_HOME, float(_WAY[-1, 2])), float(_WAY[-1, 3])
    step = int(np.searchsorted(_WAY[:, 0], phase, side="right")) - 1
    share = (phase - _WAY[step, 0]) / (_WAY[step + 1, 0] - _WAY[step, 0])
    smooth = share * share * (3 - 2 * share)
    _, near, height, opening = (_WAY[step] + smooth * (_WAY[step + 1] - _WAY[step])).tolist()
    # The belt rests from before the robot sets out until it is back.
    x, y = feed.travel(target.taken) - target.along, target.across
    return (_HOME[0] + near * (x - _HOME[0]), _HOME[1] + near * (y - _HOME[1]), height), opening


def _surroundings(generator: np.random.Generator) -> tuple[Solid, ...]:
    grey = speckled(generator, (256, 256), (172, 175, 178), 0.025)
    paint = Material((1.0, 1.0, 1.0), 0.2, 0.4, 0.0, worn(generator, grey, 25, 3))
    rail = worn(generator, brushed(generator, (64, 700), (196, 198, 202)), 20, 0)
    aluminium = Material((0.8, 0.81, 0.83), 0.45, 0.35, 0.55, rail)
    wood = wooden(generator, (700, 700), (150, 132, 108))
    bench = Material((1.0, 1.0, 1.0), 0.15, 0.4, 0.0, worn(generator, wood, 25, 8))
    blue = Material((0.05, 0.10, 0.22), 0.3, 0.35)
    sheet = speckled(generator, (64, 64), (182, 146, 104), 0.05)
    card = Material((1.0, 1.0, 1.0), 0.03, 0.9, 0.0, sheet)
    return (
        Solid(Box((1.2, 1.2, 0.02), bench), (0.0, 0.0, -0.09), casts=False),
        Solid(Box((1.4, 0.02, 0.30), paint), (0.0, 0.33, 0.07), casts=False),
        Solid(Box((0.16, 0.02, 0.10), blue), (-0.13, 0.312, 0.07)),
        Solid(Box((0.13, 0.09, 0.05), card), (0.06, 0.235, -0.055), turn(z=-0.2)),
        *_frame(generator, aluminium),
        *_eye(aluminium),
    )


def _frame(generator: np.random.Generator, aluminium: Material) -> Iterator[Solid]:
    """The conveyor's side members, with a groove and bolts, and its name plate."""
    dark = Material((0.03, 0.03, 0.033), 0.3, 0.4)
    brass = Material((0.75, 0.6, 0.3), 0.6, 0.3, 1.0)
    bolt = Turned(((0.0045, 0.0), (0.0045, 0.003), (TIP, 0.0035)), (brass,))
    for side in (-1.0, 1.0):
        # They rise no higher than the tops' rims: their shade is painted on the belt.
        yield Solid(Box((1.4, 0.024, 0.060), aluminium), (0.0, side * _EDGE, -0.026), casts=False)
        yield Solid(Box((1.4, 0.004, 0.003), dark), (0.0, side * _EDGE, 0.0045), casts=False)
        for k in range(5):
            yield Solid(bolt, (-0.23 + 0.117 * k, side * (_EDGE + 0.008), 0.004))
    image, draw = printed((34, 110), (228, 196, 40))
    draw.text((220, 68), "FEEDER 2", (24, 22, 20, 255), letter(74), "mm")
    plate = Material((1.0, 1.0, 1.0), 0.2, 0.4, 0.0, worn(generator, finished(image), 4, 0))
    shape = Box((0.10, 0.03, 0.001), dark, plate)
    yield Solid(shape, (-0.09, -_EDGE - 0.0126, -0.02), turn(x=pi / 2), casts=False)


def _eye(aluminium: Material) -> Iterator[Solid]:
    """The light barrier that stops the belt."""
    dark = Material((0.03, 0.03, 0.033), 0.3, 0.4)
    red = Material((0.5, 0.02, 0.02), 0.6, 0.15)
    post = Turned(((0.005, 0.0), (0.005, 0.05), (TIP, 0.05)), (aluminium,))
    yield Solid(post, (0.125, -_EDGE, 0.004))
    yield Solid(Box((0.022, 0.016, 0.030), dark), (0.125, -_EDGE + 0.004, 0.045))
    yield Solid(Box((0.010, 0.002, 0.010), red), (0.125, -_EDGE + 0.013, 0.045))
    yield Solid(Box((0.026, 0.004, 0.034), aluminium), (0.125, _EDGE, 0.022), turn(z=0.05))
