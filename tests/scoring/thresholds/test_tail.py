from math import exp, log

import numpy as np
import pytest
from scipy import stats

from vadlit.scoring.thresholds.base import Floats
from vadlit.scoring.thresholds.tail import beyond


def excesses_of(shape: float, count: int, seed: int) -> Floats:
    """Of scale 1; `shape` is k, the negative of scipy's."""
    drawn: Floats = stats.genpareto(-shape).rvs(count, random_state=np.random.default_rng(seed))
    return drawn


def explained(level: float, excesses: Floats, shape: float) -> float:
    """How likely the excesses are under a shape, and that the next one is above the level.

    The trapezoidal rule over the logarithm of the scale, and scipy's law: an independent way.
    """
    least = max(shape * excesses.max(), excesses.mean() * exp(-4)) * (1 + 1e-12)
    scales = np.geomspace(least, excesses.mean() * exp(5), 50_000)
    likely = np.sum(stats.genpareto.logpdf(excesses[:, None], -shape, scale=scales), axis=0)
    above = stats.genpareto.sf(level, -shape, scale=scales)
    return float(np.trapezoid(np.exp(likely) * above, np.log(scales)))


@pytest.mark.parametrize("seed", range(3))
def test_it_is_exceeded_so_often_by_another_way(seed: int) -> None:
    share, excesses = 0.02, excesses_of(0.3, 6, seed)
    level = beyond(share, excesses)
    lighter = (np.arange(40) + 0.5) / 40
    weights = np.array([0.5, *np.full(40, 0.5 / 40)])
    shapes = [0.0, *lighter.tolist()]
    above = weights @ [explained(level, excesses, shape) for shape in shapes]
    whole = weights @ [explained(0.0, excesses, shape) for shape in shapes]
    assert above / whole == pytest.approx(share, rel=0.02)


@pytest.mark.parametrize("count", [5, 12, 60])
def test_it_holds_on_average_over_tails_as_they_are_expected(count: int) -> None:
    """Half exponential, half of any lighter shape: so often is the next excess above the level."""
    share, draws, found = 0.03, 200, []
    random = np.random.default_rng(count)
    for seed in range(draws):
        shape = 0.0 if random.random() < 0.5 else random.random()
        level = beyond(share, excesses_of(shape, count, seed))
        found.append(stats.genpareto(-shape).sf(level))
    assert np.mean(found) == pytest.approx(share, abs=4 * np.std(found) / draws**0.5)


@pytest.mark.parametrize(("shape", "level"), [(0.0, log(100)), (0.5, 2 * (1 - 0.01**0.5))])
def test_of_many_excesses_it_is_the_quantile(shape: float, level: float) -> None:
    assert beyond(0.01, excesses_of(shape, 5000, 0)) == pytest.approx(level, rel=0.08)


def test_a_tail_that_ends_is_not_left_by_far() -> None:
    excesses = np.random.default_rng(0).random(100)
    assert excesses.max() < beyond(1e-6, excesses) < 1.3


def test_it_stretches_with_the_excesses() -> None:
    excesses = excesses_of(0.0, 12, 1)
    assert beyond(0.001, 1e-6 * excesses) == pytest.approx(1e-6 * beyond(0.001, excesses))


def test_a_lower_share_is_a_higher_level() -> None:
    levels = [beyond(share, excesses_of(0.2, 8, 2)) for share in np.geomspace(0.5, 1e-8, 40)]
    assert (np.diff(levels) > 0).all()


def test_no_excess_at_all_is_no_level_above() -> None:
    assert beyond(0.001, np.zeros(5)) == 0


def test_one_excess_is_enough() -> None:
    assert 2 < beyond(0.1, np.array([1.0])) < 20
