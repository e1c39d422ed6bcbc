"""What a row of the benchmark says: numbers, one a turn, and what they are held to."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A bound on a median.

    Args:
        bound: In the figure's unit.
        least: The median is at least so much; else at most.
    """

    bound: float
    least: bool

    def met(self, value: float) -> bool:
        """Whether a value keeps to it."""
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self) -> str:
        return f"at {'least' if self.least else 'most'} {self.bound:g}"


def at_least(bound: float) -> Goal:
    """The goal of a figure that should be high."""
    return Goal(bound, least=True)


def at_most(bound: float) -> Goal:
    """The goal of a figure that should be low."""
    return Goal(bound, least=False)


@dataclass(frozen=True)
class Figure:
    """A number that was measured.

    Args:
        name: What it is of.
        values: One a turn.
        unit: What it counts; empty for a ratio.
        goal: What the median is held to; None where it only tells.
    """

    name: str
    values: Sequence[float]
    unit: str = ""
    goal: Goal | None = None

    @property
    def median(self) -> float:
        """The middle of its values."""
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The lower and the upper quartile of its values."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def met(self) -> bool | None:
        """Whether it keeps to its goal; None where it has none."""
        return None if self.goal is None else self.goal.met(self.median)

    def plain(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "quartiles": self.quartiles,
            "values": list(self.values),
            "goal": None if self.goal is None else str(self.goal),
            "met": self.met,
        }


# What a row comes to; or why it cannot be measured here.
Outcome = Sequence[Figure] | str


def ratio(
    name: str, above: Sequence[float], below: Sequence[float], goal: Goal | None = None
) -> Figure:
    """One way over another, turn by turn, so that what else runs meets both alike."""
    return Figure(name, [a / b for a, b in zip(above, below, strict=True)], "", goal)
