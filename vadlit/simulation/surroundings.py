"""What goes on around a line: the ceiling lamp, daylight, and people whose shadows pass."""

from dataclasses import dataclass
from math import pi, sin, tan

import numpy as np

from vadlit.simulation.line import Plan
from vadlit.simulation.scene import AWAY, Floats, Material, Moment, Solid, Stage, Turned

LAMP_OFF, LAMP_SWITCHED, SHADOW = "lamp_off", "lamp_switched", "shadow"
BAITS = (LAMP_OFF, LAMP_SWITCHED, SHADOW)

# Nobody is seen, only their shadows are.
_CLOTH = Material((0.2, 0.2, 0.2))
_HAND = Turned(((0.0, -0.13), (0.11, -0.13), (0.13, 0.13), (0.0, 0.13)), (_CLOTH,))
_PERSON = Turned(((0.0, -0.9), (0.22, -0.9), (0.22, 0.9), (0.0, 0.9)), (_CLOTH,))


@dataclass(frozen=True)
class Pass:
    """Somebody who goes by between a lamp and the line, from `start` on for `duration` seconds."""

    lamp: int
    start: float
    duration: float
    leftwards: bool


class Surroundings:
    """Adds lamps, daylight and passing shadows to a line's script.

    Args:
        stage: Its first lamp is the ceiling's, its last the window's.
        plan: Its baits are staged.
        generator: Draws when things happen.
        passers: People a minute who go by the window; soft, weak shadows that are normal.
        daylight: Slow drift of the window's light, as a share.
    """

    def __init__(
        self,
        stage: Stage,
        plan: Plan,
        generator: np.random.Generator,
        *,
        passers: float,
        daylight: float,
    ) -> None:
        self._stage = stage
        self._daylight = daylight
        self._phases = generator.uniform(0, 2 * pi, 2)
        self._off = _off(plan, generator)
        self._passes = _passes(plan, generator, passers, window=len(stage.lamps) - 1)

    def add(self, moment: Moment, time: float) -> Moment:
        """The moment with the light and the shadows of its time, and the names of its baits."""
        power = [power * self._lamp(number, time) for number, power in enumerate(moment.power)]
        shadows, bait = [], []
        if self._off is not None and self._off[0] <= time < self._off[1]:
            bait.append(LAMP_OFF if self._off[0] == 0 else LAMP_SWITCHED)
        for lamp, shape in ((0, _HAND), (len(power) - 1, _PERSON)):
            position, inside = self._place(lamp, time)
            shadows.append(Solid(shape, position))
            if inside and lamp == 0:
                bait.append(SHADOW)
        return Moment((*moment.solids, *shadows), tuple(power), (*moment.bait, *bait), moment.belt)

    def _lamp(self, number: int, time: float) -> float:
        if number == 0 and self._off is not None:
            return _glow(time, *self._off)
        if number == len(self._stage.lamps) - 1:
            slow = sin(time / 23 + self._phases[0]) + 0.5 * sin(time / 7.3 + self._phases[1])
            return 1.0 + self._daylight * slow / 1.5
        return 1.0

    def _place(self, lamp: int, time: float) -> tuple[tuple[float, float, float], bool]:
        """Where somebody is before a lamp, and whether the shadow can be in the picture."""
        view = self._stage.view
        target = np.array(view.target, float)
        half = float(np.linalg.norm(np.subtract(view.eye, target))) * tan(view.angle / 2)
        for go in self._passes:
            if go.lamp == lamp and go.start <= time <= go.start + go.duration:
                way = 2 * (time - go.start) / go.duration - 1
                aside = (-way if go.leftwards else way) * (half * 1.5 + 0.5)
                across = self._across(lamp)
                aim = target + aside * across
                spot = aim + 0.5 * (np.array(self._stage.lamps[lamp].position) - aim)
                x, y, z = spot.tolist()
                return (x, y, z), abs(aside) < half * 1.5 + 0.26
        return AWAY, False

    def _across(self, lamp: int) -> Floats:
        """Direction on the ground that crosses the lamp's light."""
        x, y, _ = self._stage.lamps[lamp].position
        away = np.array([-y, x, 0.0]) if abs(x) + abs(y) > 1 else np.array([1.0, 0.0, 0.0])
        direction: Floats = away / np.linalg.norm(away)
        return direction


def _off(plan: Plan, generator: np.random.Generator) -> tuple[float, float] | None:
    """When the ceiling lamp is off."""
    early, late = generator.uniform(0.3, 0.4), generator.uniform(0.6, 0.7)
    if LAMP_OFF in plan.bait:
        return 0.0, np.inf
    if LAMP_SWITCHED in plan.bait:
        return float(early) * plan.seconds, float(late) * plan.seconds
    return None


def _passes(
    plan: Plan, generator: np.random.Generator, passers: float, window: int
) -> tuple[Pass, ...]:
    """When somebody goes by; those of the bait cross the ceiling lamp's light."""
    passes = []
    time = float(generator.exponential(60 / passers)) if passers > 0 else np.inf
    while time < plan.seconds:
        duration = float(generator.uniform(2, 4))
        passes.append(Pass(window, time, duration, bool(generator.random() < 0.5)))
        time += duration + float(generator.exponential(60 / passers))
    if SHADOW in plan.bait:
        for middle in (0.25, 0.55, 0.85) if plan.seconds > 20 else (0.5,):
            duration = min(float(generator.uniform(2, 4)), plan.seconds / 2)
            start = middle * plan.seconds - duration / 2
            passes.append(Pass(0, start, duration, bool(generator.random() < 0.5)))
    return tuple(passes)


def _glow(time: float, off: float, on: float) -> float:
    """Power of a lamp that fades when switched off, and flickers when it comes on."""
    if off <= time < on:
        return float(np.exp((off - time) / 0.06)) if off > 0 and time - off < 0.5 else 0.0
    since = time - on
    if 0 <= since < 0.5:
        return 0.8 if since < 0.07 or 0.16 < since < 0.24 or since > 0.38 else 0.1
    return 1.0
