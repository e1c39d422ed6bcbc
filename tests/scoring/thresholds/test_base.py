import json
from collections.abc import Callable

import numpy as np
import pytest

from vadlit.errors import UserError
from vadlit.scoring.thresholds.adaptive import Adaptive
from vadlit.scoring.thresholds.base import (
    Floats,
    Threshold,
    frames_in,
)
from vadlit.scoring.thresholds.conformal import Conformal
from vadlit.scoring.thresholds.margin import Margin
from vadlit.scoring.thresholds.quantile import Quantile
from vadlit.scoring.thresholds.sigma import Sigma

RATE = 10.0
ALL: list[Callable[[], Threshold]] = [
    lambda: Sigma(3.0),
    lambda: Margin(1.0),
    lambda: Quantile(0.99),
    lambda: Conformal(1.0, 2.0),
    lambda: Adaptive(1.0, 2.0, 60.0, 3.0),
]


def normal(count: int = 600, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(-30, 1, count)


@pytest.fixture(params=ALL)
def threshold(request: pytest.FixtureRequest) -> Threshold:
    made: Threshold = request.param()
    return made


def test_deciding_before_fitting_is_a_sentence(threshold: Threshold) -> None:
    with pytest.raises(UserError, match=f"{type(threshold).__name__} has no value"):
        threshold.decide(np.zeros(3))


def test_a_level_before_fitting_is_a_sentence(threshold: Threshold) -> None:
    with pytest.raises(UserError, match="fit it on validation scores"):
        threshold.level(0.0)


@pytest.mark.parametrize("events", [[], [np.zeros(0)], [np.zeros(0), np.zeros(0)]])
def test_no_validation_scores_are_a_sentence(threshold: Threshold, events: list[Floats]) -> None:
    with pytest.raises(UserError, match="The validation scores are empty"):
        threshold.fit(events, RATE)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_counted(threshold: Threshold, bad: float) -> None:
    with pytest.raises(UserError, match="2 of 4 validation scores are not finite"):
        threshold.fit([np.array([bad, -30.0, -31.0]), np.array([bad])], RATE)


def test_events_without_scores_do_no_harm(threshold: Threshold) -> None:
    threshold.fit([normal()], RATE)
    alone = threshold.value
    threshold.fit([np.zeros(0), normal(), np.zeros(0)], RATE)
    assert threshold.value == alone


@pytest.mark.parametrize("rule", ALL[:3])
def test_how_frames_fall_into_events_is_nothing_to_rules_of_frames(
    rule: Callable[[], Threshold],
) -> None:
    whole, parts = rule(), rule()
    whole.fit([normal()])
    parts.fit([normal()[:200], normal()[200:]])
    assert whole.value == parts.value


def test_only_scores_above_the_value_are_anomalous(threshold: Threshold) -> None:
    threshold.value = -30.0
    decided = threshold.decide(np.array([-31.0, -30.0, np.nextafter(-30.0, 0), -20.0]))
    assert decided.dtype == bool
    assert decided.tolist() == [False, False, True, True]


def test_a_score_that_is_no_number_does_not_pass_as_normal(threshold: Threshold) -> None:
    threshold.fit([normal()], RATE)
    assert threshold.decide(np.array([np.nan, np.inf, -np.inf])).tolist() == [True, True, False]


def test_score_by_score_is_as_all_at_once(threshold: Threshold) -> None:
    threshold.fit([normal()], RATE)
    scores = normal(300, seed=1) + np.linspace(0, 4, 300)
    levels = threshold.levels(scores)
    threshold.reset()
    streamed = [threshold.level(score) for score in scores.tolist()]
    assert streamed == levels.tolist()
    assert threshold.decide(scores).tolist() == (scores > np.array(streamed)).tolist()


def test_fitting_again_forgets_the_first_fit(threshold: Threshold) -> None:
    threshold.fit([normal()], RATE)
    first = threshold.state()
    threshold.fit([normal(seed=1) * 3], RATE)
    assert threshold.state() != first
    threshold.fit([normal()], RATE)
    assert threshold.state() == first


def test_span_is_from_the_median_of_all_events_to_the_value(threshold: Threshold) -> None:
    events = [normal(400), normal(300, seed=1)]
    threshold.fit(events, RATE)
    ordered = sorted([*events[0].tolist(), *events[1].tolist()])
    assert threshold.span == pytest.approx(threshold.value - (ordered[349] + ordered[350]) / 2)
    assert threshold.span > 0


def test_span_of_a_value_below_the_median_is_0() -> None:
    threshold = Quantile(0.1)
    threshold.fit([normal()])
    assert threshold.value < np.median(normal())
    assert threshold.span == 0


@pytest.mark.parametrize("rule", ALL)
def test_what_was_learned_goes_through_a_file(rule: Callable[[], Threshold]) -> None:
    fitted, restored = rule(), rule()
    fitted.fit([normal()], RATE)
    restored.restore(json.loads(json.dumps(fitted.state(), allow_nan=False)))
    scores = normal(300, seed=1) + np.linspace(0, 4, 300)
    assert restored.levels(scores).tolist() == fitted.levels(scores).tolist()
    assert restored.span == fitted.span


def test_a_file_with_an_entry_missing_or_foreign_does_not_pass(threshold: Threshold) -> None:
    threshold.fit([normal()], RATE)
    for name in threshold.state():
        rest = {key: x for key, x in threshold.state().items() if key != name}
        with pytest.raises(LookupError):
            threshold.restore(rest)
        with pytest.raises(ValueError, match="high"):
            threshold.restore(rest | {name: "high"})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_a_sentence(threshold: Threshold, value: float) -> None:
    with pytest.raises(UserError, match=f"^The threshold's value is {value}; .* finite number.$"):
        threshold.value = value


def test_seconds_are_the_nearest_whole_number_of_frames() -> None:
    assert [frames_in("It", seconds, 30.0) for seconds in (0, 0.1, 0.12, 2)] == [0, 3, 4, 60]
    assert frames_in("It", 0.5, 29.97) == 15


def test_seconds_without_a_frame_rate_are_a_sentence_but_no_time_is_no_frames() -> None:
    assert frames_in("It", 0.0, None) == 0
    with pytest.raises(UserError, match=r"^It is 2\.0 s of footage whose frame rate is unknown;"):
        frames_in("It", 2.0, None)


@pytest.mark.parametrize("rate", [0.0, -25.0, float("nan")])
def test_a_frame_rate_that_is_none_is_a_sentence(rate: float) -> None:
    with pytest.raises(UserError, match=f"^The frame rate is {rate}; .* above 0.$"):
        frames_in("It", 2.0, rate)


def test_another_value_leaves_the_median_where_it_is(threshold: Threshold) -> None:
    threshold.fit([normal(400)], RATE)
    median = float(np.median(normal(400)))
    threshold.move(median + 0.5)
    assert threshold.value == median + 0.5
    assert threshold.span == pytest.approx(0.5)
    threshold.move(median - 1)
    assert threshold.span == 0
