"""Settings that are numbers within bounds."""

from collections.abc import Mapping
from typing import Any

from vadlit.checks import checked_group
from vadlit.errors import UserError


def number(name: str, value: Any, low: float, high: float) -> float:
    """The value as a number.

    Raises:
        UserError: It is none, or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise UserError(f"{name} is {value}; allowed is a number from {low:g} to {high:g}.")
    return float(value)


def whole(name: str, value: Any, low: int, high: int) -> int:
    """The value as a whole number.

    Raises:
        UserError: It is none, or out of bounds.
    """
    if type(value) is not int or not low <= value <= high:
        raise UserError(f"{name} is {value}; allowed is a whole number from {low} to {high}.")
    return value


def numbers(
    group: str, stated: object, bounds: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """The values of a group of settings as numbers.

    Raises:
        UserError: A name is unknown or missing, or a value is out of bounds.
    """
    values = checked_group(group, stated, bounds)
    return {name: number(f"{group}.{name}", values[name], *bounds[name]) for name in bounds}
