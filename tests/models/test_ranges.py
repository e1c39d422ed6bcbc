from typing import Any

import pytest

from vadlit.errors import UserError
from vadlit.models.ranges import within


@pytest.mark.parametrize("value", [0, 0.5, 2])
def test_a_number_in_the_range_is_returned(value: float) -> None:
    assert within("The share", value, 2) == value


BAD: list[Any] = [-0.01, 2.01, float("nan"), float("inf"), "half", None]


@pytest.mark.parametrize("value", BAD)
def test_anything_else_is_named_with_what_is_allowed(value: Any) -> None:
    with pytest.raises(UserError, match=f"^The share is {value!r}; it must be .* from 0 to 2.$"):
        within("The share", value, 2)
