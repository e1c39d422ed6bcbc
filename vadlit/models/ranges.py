"""The check that every setting of a model goes through."""

from vadlit.errors import UserError


def within(name: str, value: float, highest: float) -> float:
    """Return `value`, a number from 0 to `highest`; anything else is a UserError about `name`."""
    if not isinstance(value, int | float) or not 0 <= value <= highest:
        raise UserError(f"{name} is {value!r}; it must be a number from 0 to {highest}.")
    return value
