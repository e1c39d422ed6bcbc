from math import exp, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf
from scipy import stats

from vadlit.errors import UserError
from vadlit.scoring.thresholds.adaptive import Adaptive
from vadlit.scoring.thresholds.base import Floats
from vadlit.scoring.thresholds.conformal import Conformal, exceeded_by

RATE = 10.0


def normal(count: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(-30, 2, count)


def made(time_constant: float = 60.0, bound: float = 3.0) -> Adaptive:
    """Fitted on 100 seconds of normal scores of deviation 2."""
    threshold = Adaptive(1.0, 2.0, time_constant, bound)
    threshold.fit([normal(1000, seed=0)], RATE)
    return threshold


def deviation() -> float:
    return float(stats.median_abs_deviation(normal(1000, seed=0), scale="normal"))


def test_one_score_moves_the_level_of_the_next_by_one_step() -> None:
    threshold = made()
    step = sqrt(pi / 2) * deviation() / 600
    start = threshold.value
    assert threshold.level(start) == start  # up
    assert threshold.level(start) == pytest.approx(start + step, rel=1e-5)  # up
    assert threshold.level(-1000.0) == pytest.approx(start + 2 * step, rel=1e-5)  # down, by as much
    assert threshold.level(0.0) == pytest.approx(start + step, rel=1e-5)


def test_level_is_as_in_a_naive_loop() -> None:
    threshold = made(bound=0.5)
    events = normal(1000, seed=0)
    median, scale = np.median(events), deviation()
    scores = normal(5000) + 3 * np.sin(np.arange(5000) / 500)
    at, expected = median, []
    for score in scores:
        expected.append(threshold.value + at - median)
        if score <= expected[-1]:
            at += sqrt(pi / 2) * scale / 600 * np.sign(score - at)
            at = np.clip(at, median, median + 0.5 * scale)
    np.testing.assert_allclose(threshold.levels(scores), expected, atol=1e-3)


def test_a_small_step_is_followed_by_63_percent_in_the_time_constant() -> None:
    threshold = made(time_constant=100.0)
    threshold.restore(threshold.state() | {"median": -30.0, "value": -10.0, "limit": 9.0})
    step, runs = 0.4, 200  # a fifth of a deviation
    moved = [threshold.levels(normal(1001, seed) + step)[-1] - -10 for seed in range(runs)]
    # The steps are for the deviation of the fit, not the true one of 2. The variance that a walk
    # of steps s with a pull g back settles at is s^2 / 2 g.
    pull = deviation() / 2 / 1000
    spread = sqrt((sqrt(pi / 2) * deviation() / 1000) ** 2 / 2 / pull)
    expected = step * (1 - exp(-1000 * pull))
    assert np.mean(moved) == pytest.approx(expected, abs=4 * spread / sqrt(runs))


def test_drift_is_followed_with_the_lag_of_the_time_constant() -> None:
    drift = np.linspace(0, 4, 60_000)  # two deviations in 100 minutes
    threshold = made()
    threshold.restore(threshold.state() | {"median": -30.0, "value": -18.0})  # none is above
    moved = threshold.levels(normal(60_000) + drift) - threshold.value
    pull = deviation() / 2 / 600
    spread = sqrt((sqrt(pi / 2) * deviation() / 600) ** 2 / 2 / pull)
    error = moved[3000:] - (drift[3000:] - 4 / 60_000 / pull)
    assert np.abs(error).max() < 5 * spread
    # Over 95 time constants the walk is averaged out; two of them are one independent value.
    assert error.mean() == pytest.approx(0, abs=4 * spread / sqrt(95 / 2))


def test_drift_raises_no_alarms_where_a_threshold_that_stands_does() -> None:
    scores = normal(60_000) + np.linspace(0, 6, 60_000)
    standing, threshold = Conformal(1.0, 2.0), made()
    standing.fit([normal(1000, seed=0)], RATE)
    expected = stats.norm.sf(standing.value - np.linspace(0, 6, 60_000), -30, 2).sum()
    assert standing.decide(scores).sum() == pytest.approx(expected, abs=5 * sqrt(expected))
    assert expected > 100
    assert threshold.decide(scores).sum() < 10


def test_nothing_above_the_level_moves_it_however_long() -> None:
    threshold = made()
    before = threshold.levels(normal(500))[-1]
    threshold.level(-30.0)
    frozen = threshold.level(0.0)
    assert {threshold.level(score) for score in [0.0] * 5000 + [np.nan, np.inf]} == {frozen}
    assert frozen == pytest.approx(before, abs=0.1)


def test_a_long_anomaly_leaves_the_level_as_if_it_had_not_been() -> None:
    quiet, anomaly = normal(400), np.full(10_000, 10.0)
    threshold = made()
    undisturbed = threshold.levels(quiet)
    disturbed = threshold.levels(np.concatenate([quiet[:200], anomaly, quiet[200:]]))
    np.testing.assert_array_equal(disturbed[:200], undisturbed[:200])
    np.testing.assert_array_equal(disturbed[-200:], undisturbed[200:])
    assert threshold.decide(np.concatenate([quiet[:200], anomaly]))[200:].all()


@pytest.mark.parametrize("bound", [0.5, 2.0])
def test_it_rises_no_further_than_the_bound(bound: float) -> None:
    threshold = made(time_constant=5.0, bound=bound)
    level = threshold.value
    for _ in range(3000):  # what is just not above the level
        level = threshold.level(level)
    assert level - threshold.value == pytest.approx(bound * deviation(), rel=1e-4)


def test_at_either_end_it_turns_back_at_once() -> None:
    threshold = made(time_constant=5.0, bound=1.0)
    for _ in range(3000):
        high = threshold.level(threshold.value)
    threshold.level(-1000.0)
    assert threshold.level(-1000.0) < high
    for _ in range(3000):
        low = threshold.level(-1000.0)
    threshold.level(threshold.value)
    assert threshold.level(threshold.value) > low


def test_it_is_never_lower_than_its_fit() -> None:
    threshold = made()
    np.testing.assert_array_equal(threshold.levels(np.full(9000, -50.0)), threshold.value)


def test_a_new_event_begins_at_the_level_of_the_fit() -> None:
    threshold = made()
    assert threshold.levels(normal(500) + 3)[-1] > threshold.value + 0.5
    threshold.reset()
    assert threshold.level(-30.0) == threshold.value


def test_after_a_change_of_light_the_level_is_that_of_the_scores_since() -> None:
    threshold = made()
    before, after = normal(600), 3 + normal(1200, seed=2)
    changed = np.zeros(1800, bool)
    changed[600:603] = True
    levels = threshold.levels(np.concatenate([before, after]), changed)
    # Two seconds on it has come as far as it would else in two minutes.
    assert levels[623] - threshold.value == pytest.approx(3, abs=1)
    assert levels[900:].mean() - threshold.value == pytest.approx(3, abs=0.5)
    steady = threshold.levels(np.concatenate([before, after]))
    assert steady[623] - threshold.value < 0.5
    np.testing.assert_array_equal(levels[:601], steady[:601])


def test_after_a_change_of_light_a_rest_of_the_line_does_not_lower_the_level() -> None:
    threshold = made()
    levels = threshold.levels(np.full(200, -50.0), np.arange(200) == 0)
    np.testing.assert_array_equal(levels, threshold.value)


def test_after_a_rise_in_haste_the_level_comes_back() -> None:
    threshold = made()
    high, low = normal(100) + 4, normal(9000)
    levels = threshold.levels(np.concatenate([high, low]), np.arange(9100) == 0)
    assert levels[100] > threshold.value + 2
    assert levels[-1] == pytest.approx(threshold.value, abs=0.3)


def test_what_is_above_the_level_after_a_change_of_light_does_not_move_it() -> None:
    threshold = made()
    changed = np.arange(100) == 0
    levels = threshold.levels(np.full(100, threshold.value + 1.0), changed)
    np.testing.assert_array_equal(levels, threshold.value)


def test_a_change_of_light_ends_with_its_event() -> None:
    threshold = made()
    scores = normal(100)
    threshold.levels(scores, np.ones(100, bool))
    np.testing.assert_array_equal(threshold.levels(scores), made().levels(scores))


def test_drift_of_the_validation_scores_is_no_part_of_the_level() -> None:
    """An hour held out that drifts by three deviations, twice there and back."""
    hour = 36_000
    drift = 6 * np.sin(np.arange(hour) * 4 * pi / hour)
    still, standing = Conformal(2.0, 2.0), Conformal(2.0, 2.0)
    adaptive = Adaptive(2.0, 2.0, 20.0, 9.0)
    still.fit([normal(hour)], RATE)
    standing.fit([normal(hour) + drift], RATE)
    adaptive.fit([normal(hour) + drift], RATE)
    assert standing.value > still.value + 3
    # What is left of the drift is its lag and the walk.
    lag = 20 * 6 * 4 * pi / 3600
    assert adaptive.value == pytest.approx(still.value, abs=lag + 1)


def test_each_validation_event_is_followed_from_the_median_of_all() -> None:
    """A naive loop over two events, of which the first ends far from where the second begins."""
    events = [normal(900, seed=0) + np.linspace(0, 6, 900), normal(800)]
    threshold = Adaptive(1.0, 2.0, 20.0, 3.0)
    threshold.fit(events, RATE)
    median = np.median(np.concatenate(events))
    scale = stats.median_abs_deviation(np.concatenate(events), scale="normal")
    highest: list[float] = []
    for event in events:
        at, steadied = median, []
        for score in event:
            steadied.append(score - (at - median))
            at = max(median, at + sqrt(pi / 2) * scale / 200 * np.sign(score - at))
        highest += np.array(steadied).reshape(-1, 20).max(axis=1).tolist()
    expected = exceeded_by(2 / 3600, np.array(highest))
    assert threshold.value == pytest.approx(expected, abs=1e-3)


def test_scores_that_are_all_the_same_leave_it_where_it_is() -> None:
    threshold = Adaptive(1.0, 2.0, 60.0, 3.0)
    threshold.fit([np.full(1000, -30.0)], RATE)
    assert threshold.levels(np.array([-31.0, -30.0, -29.0])).tolist() == [-30, -30, -30]


def test_an_unknown_frame_rate_is_a_sentence() -> None:
    with pytest.raises(UserError, match="of footage whose frame rate is unknown"):
        Adaptive(1.0, 2.0, 60.0, 3.0).fit([normal(1000)])


def test_too_few_blocks_are_a_sentence() -> None:
    with pytest.raises(UserError, match="has 5 blocks"):
        Adaptive(1.0, 2.0, 60.0, 3.0).fit([normal(100)], RATE)


BAD: list[Any] = [0, -1.0, float("nan"), float("inf"), "three", None]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ["false_alarms_per_hour", "block", "time_constant", "bound"])
def test_settings_that_are_none_are_named(name: str, bad: Any) -> None:
    settings: dict[str, Any] = {
        "false_alarms_per_hour": 1.0,
        "block": 2.0,
        "time_constant": 60.0,
        "bound": 3.0,
    }
    Adaptive(**settings)
    with pytest.raises(UserError, match=f"^The threshold's {name} is {bad!r}; .* above 0.$"):
        Adaptive(**settings | {name: bad})


def test_config_makes_the_threshold_and_an_override_changes_it() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/threshold/adaptive.yaml")
    assert instantiate(config) == Adaptive(1.0, 2.0, 60.0, 3.0)
    assert instantiate(config, bound=2.0) == Adaptive(1.0, 2.0, 60.0, 2.0)
