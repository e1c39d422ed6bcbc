import re
from pathlib import Path
from typing import Any

import pytest

from vadlit.checks import (
    check_every_second,
    check_non_negative,
    check_positive,
    check_whole,
    checked_folder,
    checked_group,
    checked_size,
    within,
)
from vadlit.errors import UserError


@pytest.mark.parametrize("value", [0, 0.0, 3, 2.5])
def test_a_setting_of_at_least_0_passes(value: float) -> None:
    check_non_negative("The width", value)


BAD: list[Any] = [-0.1, float("nan"), float("inf"), "three", None]


@pytest.mark.parametrize("value", BAD)
def test_any_other_setting_is_named_with_what_is_allowed(value: Any) -> None:
    with pytest.raises(UserError, match=f"^The width is {value!r}; .* at least 0.$"):
        check_non_negative("The width", value)


@pytest.mark.parametrize("value", [*BAD, 0, 0.0])
def test_a_setting_that_is_not_positive_is_named(value: Any) -> None:
    check_positive("The width", 1e-9)
    with pytest.raises(UserError, match=f"^The width is {value!r}; .* finite number above 0.$"):
        check_positive("The width", value)


@pytest.mark.parametrize("value", [*BAD, 1.01])
def test_a_setting_that_is_no_share_is_named(value: Any) -> None:
    assert within("The width", 0, 1) == 0
    assert within("The width", 2.5, 2.5) == 2.5
    with pytest.raises(UserError, match=f"^The width is {value!r}; .* from 0 to 1.$"):
        within("The width", value, 1)


@pytest.mark.parametrize("value", [1, -3, 2.0, True, "2", None])
def test_a_setting_that_is_no_whole_number_is_named_with_the_least(value: Any) -> None:
    check_whole("The width", 2, 2)
    message = rf"The width is {value}; allowed is a whole number of 2 or more\."
    with pytest.raises(UserError, match=message):
        check_whole("The width", value, 2)


@pytest.mark.parametrize("value", [6, 9, 8.0, "8", True, None])
def test_every_second_number_from_the_least_on(value: Any) -> None:
    for allowed in (8, 10, 24):
        check_every_second("The width", allowed, 8)
    with pytest.raises(UserError, match=rf"^The width is {value}; .* even number of 8 or more.$"):
        check_every_second("The width", value, 8)
    check_every_second("The width", 3, 1)
    with pytest.raises(UserError, match=r"^The width is 2; .* an odd number of 1 or more.$"):
        check_every_second("The width", 2, 1)


@pytest.mark.parametrize("size", [(31, 64), [64], 64, [64, 0], [64, -32], "64", [32.0, 32]])
def test_a_size_is_two_multiples_of_32(size: Any) -> None:
    assert checked_size("The size", [32, 64]) == (32, 64)
    with pytest.raises(UserError, match=r"^The size is .*; allowed are a height and a width div"):
        checked_size("The size", size)


def test_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    assert checked_folder("out", "~/found") == Path("/home/anna/found")
    assert checked_folder("out", 2026) == Path("2026")


@pytest.mark.parametrize("value", [None, "", True, ["a"]])
def test_what_is_no_folder_is_named(value: Any) -> None:
    message = rf"^out is {re.escape(str(value))}; allowed is the path of a folder.$"
    with pytest.raises(UserError, match=message):
        checked_folder("out", value)


@pytest.mark.parametrize("value", [None, 5, ["a", "b"], {"a": 1}, {"a": 1, "b": 2, "c": 3}, {}])
def test_a_group_has_all_its_settings_and_no_other(value: Any) -> None:
    assert checked_group("split", {"b": 1, "a": None}, ["a", "b"]) == {"b": 1, "a": None}
    with pytest.raises(UserError, match=rf"^split is {re.escape(str(value))}; allowed are a, b\.$"):
        checked_group("split", value, ["a", "b"])
