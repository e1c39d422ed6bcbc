from typing import Any

import numpy as np
import pytest

from vadlit.errors import UserError
from vadlit.scoring.thresholds.base import Threshold, check_non_negative
from vadlit.scoring.thresholds.margin import Margin
from vadlit.scoring.thresholds.sigma import Sigma


@pytest.fixture(params=["sigma", "margin"])
def threshold(request: pytest.FixtureRequest) -> Threshold:
    return Sigma(3.0) if request.param == "sigma" else Margin(1.0)


def test_deciding_before_fitting_is_a_sentence(threshold: Threshold) -> None:
    with pytest.raises(UserError, match=f"{type(threshold).__name__} has no value"):
        threshold.decide(np.zeros(3))


def test_reading_the_value_before_fitting_is_a_sentence(threshold: Threshold) -> None:
    with pytest.raises(UserError, match="fit it on validation scores"):
        _ = threshold.value


def test_no_validation_scores_are_a_sentence(threshold: Threshold) -> None:
    with pytest.raises(UserError, match="The validation scores are empty"):
        threshold.fit(np.zeros(0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_counted(threshold: Threshold, bad: float) -> None:
    with pytest.raises(UserError, match="2 of 3 validation scores are not finite"):
        threshold.fit(np.array([bad, -30.0, bad]))


def test_only_scores_above_the_value_are_anomalous(threshold: Threshold) -> None:
    threshold.value = -30.0
    decided = threshold.decide(np.array([-31.0, -30.0, np.nextafter(-30.0, 0), -20.0]))
    assert decided.dtype == bool
    assert decided.tolist() == [False, False, True, True]


def test_a_score_that_is_no_number_does_not_pass_as_normal(threshold: Threshold) -> None:
    threshold.value = -30.0
    assert threshold.decide(np.array([np.nan, np.inf, -np.inf])).tolist() == [True, True, False]


def test_fitting_again_forgets_the_first_fit(threshold: Threshold) -> None:
    threshold.fit(np.full(5, -30.0))
    first = threshold.value
    threshold.fit(np.full(5, -10.0))
    threshold.fit(np.full(5, -30.0))
    assert threshold.value == first


@pytest.mark.parametrize("value", [0, 0.0, 3, 2.5])
def test_a_setting_of_at_least_0_passes(value: float) -> None:
    check_non_negative("The width", value)


BAD: list[Any] = [-0.1, float("nan"), float("inf"), "three", None]


@pytest.mark.parametrize("value", BAD)
def test_any_other_setting_is_named_with_what_is_allowed(value: Any) -> None:
    with pytest.raises(UserError, match=f"^The width is {value!r}; .* at least 0.$"):
        check_non_negative("The width", value)
