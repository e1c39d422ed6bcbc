"""What a production line says about itself, and what an event of it is to show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vadlit.errors import UserError
from vadlit.simulation.scene import Moment, Stage

Script = Callable[[float], Moment]


@dataclass(frozen=True)
class Plan:
    """An event to be filmed.

    Args:
        split: train, val or test.
        name: Of the event.
        seconds: Its length.
        anomaly: What goes wrong, in order; kinds may come again.
        bait: Normal disturbances.
    """

    split: str
    name: str
    seconds: float
    anomaly: tuple[str, ...] = ()
    bait: tuple[str, ...] = ()


def moments(seconds: float, count: int) -> list[float]:
    """When `count` anomalies of an event are due: in the middles of as many even parts of it."""
    return [seconds * (k + 0.5) / count for k in range(count)]


class Line(Protocol):
    """A production line.

    A frame is anomalous exactly when the pixels that show a moment's `anomalous` solids are at
    least `visible` of the picture.
    """

    name: str
    anomalies: tuple[str, ...]
    baits: tuple[str, ...]
    visible: float

    def stage(self) -> Stage:
        """What never moves; the same in every event. Its first lamp is the ceiling's."""

    def script(self, plan: Plan, generator: np.random.Generator) -> Script:
        """What moves in an event, from the time in seconds; all chance is drawn beforehand."""


def check(line: Line, plan: Plan) -> None:
    """Raise a UserError where the line cannot show the plan."""
    for kind, asked, known in (
        ("anomaly", plan.anomaly, line.anomalies),
        ("bait", plan.bait, line.baits),
    ):
        for name in asked:
            if name not in known:
                raise UserError(
                    f"{kind} of the event {plan.name} is {name}; the {line.name} line has "
                    f"{', '.join(known)}."
                )
    if plan.split != "test" and plan.anomaly:
        raise UserError(
            f"The event {plan.name} of {plan.split} has the anomaly {plan.anomaly[0]}; allowed is "
            "normal footage, anomalies belong in test."
        )
