"""Soda cans that ride along part of a circular conveyor (thesis, section 3.1 and 4.1.3)."""

from math import cos, pi, sin

import numpy as np

from vadlit.simulation.cans import HEIGHT, RADIUS, Cans
from vadlit.simulation.limits import number
from vadlit.simulation.line import Plan, Script, moments
from vadlit.simulation.scene import (
    AWAY,
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
from vadlit.simulation.textures import brushed, speckled, wooden, worn

POST_IT, FALLEN, UPSIDE_DOWN = "post_it", "fallen", "upside_down"

# The conveyor: a ring about the origin, its upper side at height 0, filmed where y is least.
_TRACK, _INNER, _OUTER = 0.42, 0.365, 0.475
_NEAREST = -pi / 2
# Cans further round than this are out of the picture.
_OUT = 1.15


class CanLine:
    """The can line.

    A frame is anomalous exactly when at least `visible` of its pixels show a can with a note (or
    the note), a fallen can or a can upside down. A whole can covers about 0.04 of the picture.

    Args:
        speed: Of the cans along the conveyor, in metres a second.
        gap: Mean distance between two cans' middles, in metres.
        jitter: Largest deviation of that distance, as a share.
        visible: Smallest share of the picture that makes a frame anomalous.
        seed: Of the cans' wear and the surfaces, which all events share.
    """

    name = "can"
    anomalies = (POST_IT, FALLEN, UPSIDE_DOWN)
    baits = BAITS

    def __init__(
        self, *, speed: float, gap: float, jitter: float, visible: float, seed: int
    ) -> None:
        generator = np.random.default_rng(seed)
        self.visible = number("line.visible", visible, 0.0001, 1)
        speed, gap = number("line.speed", speed, 0, 1), number("line.gap", gap, 0.07, 1)
        # Two cans must not touch.
        jitter = number("line.jitter", jitter, 0, 1 - 0.07 / gap)
        self._turn = speed / _TRACK
        # A whole number of cans goes round.
        self._count = max(round(2 * pi * _TRACK / gap), 1)
        self._spread = 0.5 * jitter
        self._cans = Cans(generator)
        rubber = worn(generator, speckled(generator, (700, 700), (62, 63, 66), 0.07), 160, 60)
        belt = Material((1.0, 1.0, 1.0), 0.25, 0.45, 0.0, rubber)
        outline = ((_OUTER, -0.006), (_OUTER, 0.0), (_INNER, 0.0), (_INNER, -0.006))
        self._belt = Turned(outline, (belt,))
        self._still = _surroundings(generator)

    def stage(self) -> Stage:
        """The table, the conveyor's frame and rails, and what stands about."""
        return Stage(
            self._still,
            (
                Lamp((0.55, -0.15, 2.1), (0.80, 0.73, 0.62), 0.16, 0.22),
                Lamp((-2.2, 0.35, 1.1), (0.26, 0.30, 0.36), 0.5, 0.42),
            ),
            View((0.0, -0.98, 0.55), (0.0, -0.385, 0.035), 0.62),
            Solid(self._belt, casts=False),
        )

    def script(self, plan: Plan, generator: np.random.Generator) -> Script:
        """Cans in a ring; the one that is half way at an anomaly's turn is the anomalous one."""
        count = self._count
        pitch = 2 * pi / count
        places = pitch * (np.arange(count) + generator.uniform(-1, 1, count) * self._spread)
        start = float(generator.uniform(0, 2 * pi))
        spins = generator.uniform(-pi, pi, count)
        brands = generator.integers(0, len(self._cans.upright), count)
        wrong: dict[tuple[int, int], str] = {}
        due = moments(plan.seconds, len(plan.anomaly))
        for middle, kind in zip(due, plan.anomaly, strict=True):
            angle = start + self._turn * middle
            # Which can is nearest to the middle of the picture then, and in which round.
            turns = (angle + places) / (2 * pi)
            best = int(np.argmin(np.abs(turns - np.round(turns))))
            wrong[best, round(float(turns[best]))] = kind
        lean = float(generator.uniform(-0.5, 0.5))

        def moment(time: float) -> Moment:
            angle = start + self._turn * time
            solids = []
            note = Solid(self._cans.note, AWAY, anomalous=True)
            for k in range(count):
                turns = (angle + places[k]) / (2 * pi)
                round_ = round(float(turns))
                off = 2 * pi * float(turns - round_)
                can = self._cans.upright[brands[k]]
                kind = wrong.get((k, round_))
                solids.append(self._place(can, off, float(spins[k]), kind, lean))
                if kind == POST_IT and abs(off) < _OUT:
                    facing = turn(z=_NEAREST + off)
                    note = Solid(self._cans.note, _on_track(off), facing, anomalous=True)
            belt = Solid(self._belt, rotation=turn(z=angle), casts=False)
            return Moment((*solids, note), (1.0, 1.0), belt=belt)

        return moment

    def _place(self, can: Turned, off: float, spin: float, kind: str | None, lean: float) -> Solid:
        """A can so far round from the middle of the picture, standing, lying or on its head."""
        if abs(off) > _OUT:
            return Solid(can, AWAY, casts=False)
        x, y, _ = _on_track(off)
        way = off + spin
        if kind == FALLEN:
            along = turn(z=off + lean) @ turn(y=pi / 2)
            axis = along[:, 2] * HEIGHT / 2
            lying = along @ turn(z=spin)
            return Solid(can, (x - axis[0], y - axis[1], RADIUS), lying, anomalous=True)
        if kind == UPSIDE_DOWN:
            return Solid(can, (x, y, HEIGHT), turn(z=way, x=pi), anomalous=True)
        return Solid(can, (x, y, 0.0), turn(z=way), anomalous=kind == POST_IT)


def _on_track(off: float) -> Vector:
    return (_TRACK * cos(_NEAREST + off), _TRACK * sin(_NEAREST + off), 0.0)


def _surroundings(generator: np.random.Generator) -> tuple[Solid, ...]:
    wood = wooden(generator, (512, 512), (196, 172, 140))
    top = Material((1.0, 1.0, 1.0), 0.18, 0.35, 0.0, worn(generator, wood, 30, 4))
    grey = speckled(generator, (256, 256), (178, 180, 182), 0.025)
    paint = Material((1.0, 1.0, 1.0), 0.25, 0.35, 0.0, grey)
    steel = Material(
        (0.85, 0.86, 0.88), 0.7, 0.3, 1.0, brushed(generator, (64, 256), (200, 202, 205))
    )
    dark = Material((0.05, 0.05, 0.055), 0.3, 0.4)
    card = Material(
        (1.0, 1.0, 1.0), 0.03, 0.9, 0.0, speckled(generator, (128, 128), (176, 138, 98), 0.05)
    )
    blue = Material((0.06, 0.13, 0.30), 0.3, 0.35)
    frame = Turned(
        ((_OUTER + 0.012, -0.055), (_OUTER + 0.012, -0.004), (_OUTER + 0.001, -0.004)), (paint,)
    )
    plate = Turned(
        (
            (_INNER - 0.001, -0.03),
            (_INNER - 0.001, -0.004),
            (_INNER - 0.012, -0.004),
            (_INNER - 0.014, -0.012),
            (TIP, -0.012),
        ),
        (paint,),
    )
    solids = [
        Solid(Box((3.2, 3.2, 0.04), top), (0.0, 0.0, -0.075), casts=False),
        Solid(frame, casts=False),
        Solid(plate, casts=False),
        Solid(_ring(_OUTER + 0.006, steel), (0.0, 0.0, 0.026)),
        Solid(_ring(_INNER - 0.006, steel), (0.0, 0.0, 0.026)),
        Solid(
            Turned(((0.075, 0.0), (0.075, 0.05), (0.068, 0.057), (TIP, 0.057)), (blue,)),
            (-0.03, 0.05, -0.012),
        ),
        Solid(Turned(((0.02, 0.0), (0.02, 0.02), (TIP, 0.02)), (steel,)), (-0.03, 0.05, 0.045)),
        Solid(Box((0.13, 0.09, 0.06), dark), (0.16, -0.06, 0.018), turn(z=0.3)),
        Solid(Box((0.22, 0.16, 0.13), card), (-0.55, 0.10, 0.01), turn(z=0.4)),
    ]
    for k in range(9):
        angle = _NEAREST + (k - 4) * 0.36 + 0.1
        for radius in (_OUTER + 0.006, _INNER - 0.006):
            place = (radius * cos(angle), radius * sin(angle), -0.03)
            solids.append(
                Solid(Turned(((0.003, 0.0), (0.003, 0.056), (TIP, 0.056)), (steel,)), place)
            )
    return tuple(solids)


def _ring(radius: float, material: Material) -> Turned:
    """A guide rail: a rod bent to a ring."""
    thick = 0.003
    around = [2 * pi * k / 8 - pi for k in range(9)]
    points = tuple((radius + thick * cos(a), thick * sin(a)) for a in around)
    return Turned(points, (material,), hole=radius - thick)
