from collections.abc import Callable
from fractions import Fraction
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf
from scipy import stats

from vadlit.errors import UserError
from vadlit.scoring.thresholds.base import Floats
from vadlit.scoring.thresholds.conformal import Conformal, block_maxima, exceeded_by
from vadlit.scoring.thresholds.tail import beyond

DRAWS = 4000


def test_what_is_left_over_is_shared_out_among_the_blocks() -> None:
    assert block_maxima(np.array([1.0, 5, 2, 4, 3, 0, 7]), 3).tolist() == [5, 7]
    assert block_maxima(np.array([1.0, 5, 2, 9, 3, 0]), 3).tolist() == [5, 9]


def test_a_short_event_is_one_block() -> None:
    assert block_maxima(np.array([1.0, 5, 2]), 4).tolist() == [5]


@pytest.mark.parametrize("length", [1, 2, 7, 30])
def test_every_frame_is_in_a_block_of_at_least_the_length(length: int) -> None:
    for count in range(length, 4 * length):
        # One score after the other is the highest: it is always found.
        scores = np.eye(count)
        assert all(block_maxima(row, length).max() == 1 for row in scores)
        assert len(block_maxima(scores[0], length)) == count // length


@pytest.mark.parametrize("share", ["0.05", "0.1", "0.31", "0.5", "0.94"])
@pytest.mark.parametrize("count", [19, 20, 100])
def test_with_enough_values_it_is_the_quantile_of_split_conformal_prediction(
    count: int, share: str
) -> None:
    values = np.random.default_rng(count).standard_cauchy(count).tolist()
    rank = ceil((1 - Fraction(share)) * (count + 1))
    assert exceeded_by(float(share), np.array(values)) == sorted(values)[rank - 1]


def test_by_hand() -> None:
    values = np.arange(1.0, 20)  # the 18th of 19, as 0.9 * 20 = 18
    assert exceeded_by(0.1, values) == 18
    assert exceeded_by(0.099, values) == 19


def mean_exceeded(
    share: float,
    count: int,
    of: Callable[[np.random.Generator, int], Floats],
    tail: Any,
    draws: int = DRAWS,
) -> Floats:
    """With what probability the next value exceeds the level, for many draws of values."""
    random = np.random.default_rng(3)
    return np.array([tail.sf(exceeded_by(share, of(random, count))) for _ in range(draws)])


@pytest.mark.parametrize("law", [stats.cauchy, stats.norm, stats.uniform])
def test_with_enough_values_it_holds_for_any_distribution(law: Any) -> None:
    count, share, rank = 39, 0.1, 4
    found = mean_exceeded(share, count, lambda random, n: law.ppf(random.random(n)), law)
    # The probability above the rank-th highest is beta distributed.
    expected = stats.beta(rank, count + 1 - rank)
    assert expected.mean() == pytest.approx(share)
    assert found.mean() == pytest.approx(share, abs=4 * expected.std() / sqrt(DRAWS))
    assert found.std() == pytest.approx(expected.std(), rel=0.1)


@pytest.mark.parametrize(
    ("law", "least", "most"), [(stats.uniform, 0.0, 0.1), (stats.norm, 0.2, 1), (stats.expon, 1, 3)]
)
def test_with_too_few_values_it_nearly_holds_for_tails_up_to_exponential(
    law: Any, least: float, most: float
) -> None:
    count, share = 90, 1 / 1800  # three minutes, one false alarm an hour
    found = mean_exceeded(share, count, lambda random, n: law.ppf(random.random(n)), law, 200)
    assert least <= found.mean() / share <= most


@pytest.mark.parametrize(("law", "sign"), [(stats.norm, -1), (stats.t(3), 1)])
def test_a_lighter_tail_exceeds_it_less_often_and_a_heavier_one_more(law: Any, sign: int) -> None:
    share = 0.001
    found = mean_exceeded(share, 100, lambda random, n: law.ppf(random.random(n)), law, 1200)
    assert sign * (found.mean() - share) > 4 * found.std() / sqrt(len(found))


@pytest.mark.parametrize("tail", [0.1, 0.3])
def test_the_tail_is_that_of_the_excesses_over_the_value_below_them(tail: float) -> None:
    share, count = 1 / 1800, 90
    values = np.random.default_rng(count).normal(-30, 2, count)
    over = round(tail * count)
    ordered = sorted(values.tolist(), reverse=True)
    excesses = np.array([value - ordered[over] for value in ordered[:over]])
    expected = ordered[over] + beyond(share * (count + 1) / (over + 1), excesses)
    assert expected > ordered[0]
    assert exceeded_by(share, values, tail) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_lower_share_never_lowers_the_level(seed: int) -> None:
    values = np.random.default_rng(seed).standard_cauchy(50)
    levels = [exceeded_by(share, values) for share in np.geomspace(0.9, 1e-6, 300)]
    assert (np.diff(levels) >= 0).all()
    assert levels[-1] > values.max()


def test_it_moves_and_stretches_with_the_scores() -> None:
    values = np.random.default_rng(0).normal(size=50)
    for share in (0.1, 0.001):
        level = exceeded_by(share, values)
        assert exceeded_by(share, 3 * values - 30) == pytest.approx(3 * level - 30)


def test_values_that_are_all_the_same_are_the_level() -> None:
    assert exceeded_by(0.1, np.full(20, -30.0)) == -30
    assert exceeded_by(0.001, np.full(20, -30.0)) == -30


def test_value_is_that_of_the_blocks_of_each_event() -> None:
    events = [np.arange(50.0), np.arange(36.0) + 100]  # blocks of 4 frames: 12 and 9
    threshold = Conformal(90.0, 2.0)  # 0.05 a block: with 21 the highest
    threshold.fit(events, 2.0)
    assert threshold.value == 135
    threshold = Conformal(180.0, 2.0)  # 0.1 a block, and two of 22 allowed
    threshold.fit(events, 2.0)
    assert threshold.value == 131


def test_a_block_never_reaches_from_one_event_into_the_next() -> None:
    events = [np.full(5, float(number)) for number in range(20)]
    threshold = Conformal(180.0, 2.0)  # blocks of 4 frames: one an event, not 25
    threshold.fit(events, 2.0)
    assert threshold.value == exceeded_by(0.1, np.arange(20.0))


def test_so_many_blocks_an_hour_are_above_the_level() -> None:
    """Frames that are independent and uniform: a block of 4 is above with 1 - level^4."""
    found, blocks, fits = [], 7199, 200  # four hours: one block of 1800 is rank 4
    random = np.random.default_rng(0)
    for _ in range(fits):
        threshold = Conformal(1.0, 2.0)
        threshold.fit([random.random(4 * blocks)], 2.0)
        found.append(1800 * (1 - threshold.value**4))
    spread = 1800 * stats.beta(4, blocks - 3).std()
    assert np.mean(found) == pytest.approx(1.0, abs=4 * spread / sqrt(fits))


def test_too_few_blocks_are_a_sentence() -> None:
    threshold = Conformal(1.0, 2.0)
    with pytest.raises(UserError, match=r"^The validation footage has 9 blocks of 2\.0 s; .* 10"):
        threshold.fit([np.zeros(100), np.zeros(70), np.zeros(10)], 10.0)
    threshold.fit([np.zeros(100), np.zeros(70), np.zeros(10), np.zeros(1)], 10.0)


def test_an_unknown_frame_rate_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"block is 2\.0 s of footage whose frame rate is unknown"):
        Conformal(1.0, 2.0).fit([np.zeros(1000)])


BAD: list[Any] = [0, -1.0, float("nan"), float("inf"), "three", None]


@pytest.mark.parametrize("bad", BAD)
def test_settings_that_are_none_are_named(bad: Any) -> None:
    with pytest.raises(UserError, match=f"false_alarms_per_hour is {bad!r}; .* above 0.$"):
        Conformal(bad, 2.0)
    with pytest.raises(UserError, match=f"block is {bad!r}; .* above 0.$"):
        Conformal(1.0, bad)


def test_an_alarm_every_block_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"per_hour is 1800; with blocks of 2\.0 s .* below 1800.$"):
        Conformal(1800, 2.0)
    Conformal(1799, 2.0)


def test_config_makes_the_threshold_and_an_override_changes_it() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/threshold/conformal.yaml")
    assert instantiate(config) == Conformal(1.0, 2.0)
    assert instantiate(config, false_alarms_per_hour=4) == Conformal(4, 2.0)
