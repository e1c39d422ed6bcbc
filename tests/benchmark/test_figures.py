import pytest

from vadlit.benchmark.figures import Figure, at_least, at_most, ratio


def test_goals_hold_for_the_median() -> None:
    assert Figure("a", [1, 12, 13], goal=at_least(12)).met is True
    assert Figure("a", [1, 11, 13], goal=at_least(12)).met is False
    assert Figure("a", [9, 3, 8], goal=at_most(8)).met is True
    assert Figure("a", [9, 9, 8], goal=at_most(8)).met is False
    assert Figure("a", [1]).met is None


def test_quartiles() -> None:
    assert Figure("a", [5, 1, 4, 2, 3]).quartiles == (2, 4)
    assert Figure("a", [7]).quartiles == (7, 7)


def test_a_ratio_is_taken_turn_by_turn() -> None:
    assert ratio("a", [10, 40], [5, 10]).values == [2, 4]


def test_plain_says_what_was_asked_and_what_came_of_it() -> None:
    plain = Figure("speed", [2, 4], "frames/s", at_least(3.5)).plain()
    assert plain["values"] == [2, 4]
    assert (plain["median"], plain["goal"], plain["met"]) == (3, "at least 3.5", False)
    assert plain["quartiles"] == pytest.approx((2.5, 3.5))
