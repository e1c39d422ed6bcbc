from copy import deepcopy
from typing import Any

import pytest

from tests.detectors import predictor
from tests.tuning.footage import CUE
from vadlit.errors import UserError
from vadlit.tuning.grid import candidates


def test_every_combination_is_there_once_and_what_was_trained_is_the_first() -> None:
    grid = {"window": [1, 5], "cue": {"parts": {"motion": {"window": [8, 16]}}, "worst": None}}
    found = candidates(CUE, 5, grid)
    assert [x.overrides for x in found] == [
        (),
        ("window=1", "cue.parts.motion.window=8"),
        ("window=1",),
        ("cue.parts.motion.window=8",),
    ]
    assert [(x.window, x.cue["parts"]["motion"]["window"]) for x in found] == [
        (5, 16),
        (1, 8),
        (1, 16),
        (5, 8),
    ]


def test_what_was_trained_stays_as_it_is() -> None:
    cue = deepcopy(CUE)
    candidates(cue, 5, {"cue": {"weights": {"motion": [2.0]}, "reach": [1.0]}})
    assert cue == CUE


def test_values_are_written_as_hydra_takes_them() -> None:
    part = {"_target_": "a.B", "sizes": [8, 16], "on": True}
    grid = {"cue": {"parts": {"other": [part], "motion": [None]}}}
    (_, found) = candidates(CUE, 5, grid)
    assert found.overrides == (
        "++cue.parts.other={_target_:a.B,sizes:[8,16],on:true}",
        "cue.parts.motion=null",
    )


def test_settings_of_joining_need_no_other_look() -> None:
    grid = {"cue": {"weights": {"motion": [1.0, 2.0]}, "worst": [3, 5]}, "window": [1, 5]}
    found = candidates(CUE, 5, grid)
    assert len(found) == 8
    assert len({tuple(x.parts) for x in found}) == 1
    (one, other) = candidates(CUE, 5, {"cue": {"parts": {"motion": {"window": [8]}}}})
    (shared,) = one.parts.keys() & other.parts.keys()
    assert shared.startswith("appearance")
    (one, other) = candidates(CUE, 5, {"cue": {"other": [2]}})
    assert not one.parts.keys() & other.parts.keys()


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"threshold": {"k": [1]}}, r"grid names threshold\.k; allowed are window and settings"),
        ({"window": 5}, r"grid\.window is 5; allowed is a list of values, or null"),
        ({"window": []}, r"grid\.window is \[\]"),
        ({"cue": {"worst": {"more": [1]}}}, r"grid names cue\.worst\.more, but worst is 3"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(grid: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        candidates(CUE, 5, grid)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"cue": {"worst": [0]}}, r"cue\.worst is 0"),
        ({"cue": {"wosrt": [1]}}, "wosrt"),
        ({"window": [0]}, "window is 0"),
    ],
)
def test_a_value_that_cannot_be_is_told(grid: dict[str, Any], message: str) -> None:
    (_, found) = candidates(CUE, 5, grid)
    with pytest.raises(UserError, match=message):
        found.check(predictor())
