"""Foam rings that a suction picker lifts off a tray (thesis, sections 3.1 and 4.1.1)."""

import numpy as np

from vadlit.simulation.foam_parts import FLOOR, PEGS, TALL, Picker, Tray, make_rings, make_rod
from vadlit.simulation.foam_plan import ANOMALIES, Pace, plan_foam
from vadlit.simulation.foam_stage import surroundings
from vadlit.simulation.foam_times import Cycle, Timetable, follow
from vadlit.simulation.limits import number
from vadlit.simulation.line import Plan, Script
from vadlit.simulation.scene import AWAY, Lamp, Moment, Solid, Stage, View, turn
from vadlit.simulation.surroundings import BAITS

# Height of what the cups stand on when they press.
_ABOVE = FLOOR + TALL


class FoamLine:
    """The foam line.

    A frame is anomalous exactly when at least `visible` of its pixels show a rod, or a tray on
    which the picker has left a ring. A whole ring covers about 0.02 of the picture.

    Args:
        speed: Mean of the tray in a motion, in metres a second.
        wait: Mean seconds from the tray's arrival until the picker moves down.
        pause: Mean seconds between two motions of the tray, and before it leaves.
        refill: Mean seconds that the tray is away.
        irregular: Largest deviation of all times, as a share.
        loose: How far a ring lies from its pin's middle at most, in metres.
        visible: Smallest share of the picture that makes a frame anomalous.
        seed: Of the surfaces, which all events share.
    """

    name = "foam"
    anomalies = ANOMALIES
    baits = BAITS

    def __init__(
        self,
        *,
        speed: float,
        wait: float,
        pause: float,
        refill: float,
        irregular: float,
        loose: float,
        visible: float,
        seed: int,
    ) -> None:
        self.visible = number("line.visible", visible, 0.0001, 1)
        self._pace = Pace(
            speed=number("line.speed", speed, 0.02, 2),
            wait=number("line.wait", wait, 5, 600),
            pause=number("line.pause", pause, 0, 60),
            refill=number("line.refill", refill, 0, 600),
            irregular=number("line.irregular", irregular, 0, 0.5),
            loose=number("line.loose", loose, 0, 0.003),
        )
        generator = np.random.default_rng(seed)
        self._rings = make_rings(generator)
        self._tray, self._picker = Tray(generator), Picker(generator)
        self._rod = make_rod(generator)
        self._seed = seed

    def stage(self) -> Stage:
        """The slide on its base, and the machine behind it."""
        return Stage(
            surroundings(np.random.default_rng([self._seed, 1])),
            (
                Lamp((-0.45, -0.55, 2.0), (0.88, 0.82, 0.735), 0.14, 0.24),
                Lamp((2.0, -0.3, 1.2), (0.24, 0.27, 0.32), 0.5, 0.42),
            ),
            View((0.02, -0.58, 0.47), (0.0, 0.015, 0.035), 0.57),
        )

    def script(self, plan: Plan, generator: np.random.Generator) -> Script:
        """Cycles of the tray and the picker, drawn beforehand."""
        luck, mischief = generator.spawn(2)
        table = plan_foam(plan.seconds, plan.anomaly, self._pace, luck, mischief)

        def moment(time: float) -> Moment:
            now = table.origin + time
            return Moment((*self._work(table.cycle(now), now), self._reach(table, now)), (1.0, 1.0))

        return moment

    def _work(self, cycle: Cycle, now: float) -> tuple[Solid, ...]:
        """Tray, rings and picker."""
        tray, aside = follow(cycle.tray, now), follow(cycle.aside, now)
        height, lifted = follow(cycle.height, now), now >= cycle.lift
        rings = []
        for place, (ring, peg) in enumerate(zip(cycle.rings, PEGS, strict=True)):
            left = lifted and place == cycle.missed
            held = lifted and not left
            x, z = (aside, FLOOR + max(height, 0.0)) if held else (tray, FLOOR)
            where = (x + peg + ring.x, ring.y, z)
            rings.append(Solid(self._rings[ring.look], where, turn(z=ring.spin), anomalous=left))
        wrong = lifted and cycle.missed is not None
        picker = self._picker.place(aside, _ABOVE + height, _ABOVE)
        return (*self._tray.place(tray, wrong), *rings, *picker)

    def _reach(self, table: Timetable, now: float) -> Solid:
        """The rod, which is far below the floor unless somebody holds it."""
        reach = table.reach(now)
        place, rotation = reach.at(now) if reach else (AWAY, turn())
        return Solid(self._rod, place, rotation, anomalous=True)
