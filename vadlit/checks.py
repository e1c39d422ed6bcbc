"""Settings that are refused in one sentence."""

from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from vadlit.errors import UserError


def check_non_negative(name: str, value: float) -> None:
    """Raise UserError unless the setting `name` is a finite number of at least 0."""
    if not _is_number(value) or value < 0:
        raise UserError(f"{name} is {value!r}; it must be a finite number of at least 0.")


def check_positive(name: str, value: float) -> None:
    """Raise UserError unless the setting `name` is a finite number above 0."""
    if not _is_number(value) or value <= 0:
        raise UserError(f"{name} is {value!r}; it must be a finite number above 0.")


def check_whole(name: str, value: int, least: int) -> None:
    """Raise UserError unless the setting `name` is a whole number of `least` or more."""
    if type(value) is not int or value < least:
        raise UserError(f"{name} is {value}; allowed is a whole number of {least} or more.")


def check_every_second(name: str, value: int, least: int) -> None:
    """Raise UserError unless the setting `name` is `least`, two more, four more and so on."""
    if type(value) is not int or value < least or (value - least) % 2:
        kind = "odd" if least % 2 else "even"
        raise UserError(f"{name} is {value}; allowed is an {kind} number of {least} or more.")


def within(name: str, value: float, highest: float) -> float:
    """Return `value`; raise UserError unless the setting `name` is a number from 0 to `highest`."""
    if not _is_number(value) or not 0 <= value <= highest:
        raise UserError(f"{name} is {value!r}; it must be a number from 0 to {highest}.")
    return value


def checked_size(name: str, value: object) -> tuple[int, int]:
    """Height and width of a frame; raise UserError unless `name` is two multiples of 32."""
    match value:
        case [int(height), int(width)] if min(height, width) > 0 and height % 32 == width % 32 == 0:
            return height, width
    shown = [*value] if isinstance(value, list | tuple) else value
    raise UserError(f"{name} is {shown}; allowed are a height and a width divisible by 32.")


def checked_folder(name: str, value: object) -> Path:
    """The path of a folder; raise UserError unless the setting `name` can be one."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise UserError(f"{name} is {value}; allowed is the path of a folder.")
    return Path(str(value)).expanduser()


def checked_group(name: str, value: object, keys: Iterable[str]) -> Mapping[str, Any]:
    """Settings under a common name; raise UserError unless `name` has exactly these `keys`."""
    allowed = list(keys)
    if not isinstance(value, Mapping) or value.keys() != {*allowed}:
        raise UserError(f"{name} is {value}; allowed are {', '.join(allowed)}.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and isfinite(value)
