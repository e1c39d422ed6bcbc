from typing import Any

import numpy as np
import pandas as pd
import pytest

from vadlit.errors import UserError
from vadlit.scoring.smoothing import Smoother, smooth, smooth_held


def test_causal_window_by_hand() -> None:
    result = smooth(np.array([1.0, 3.0, 5.0, 11.0]), 3)
    assert result.tolist() == [1.0, 2.0, 3.0, 19 / 3]


def test_centred_odd_window_by_hand() -> None:
    result = smooth(np.array([1.0, 3.0, 5.0, 10.0]), 3, centred=True)
    assert result.tolist() == [2.0, 3.0, 6.0, 7.5]


def test_centred_even_window_takes_the_extra_score_from_before() -> None:
    impulse = np.array([0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0])
    result = smooth(impulse, 4, centred=True)
    assert result.tolist() == [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("window", [1, 2, 5, 10, 40])
@pytest.mark.parametrize("centred", [False, True])
def test_smooth_equals_pandas(window: int, centred: bool) -> None:
    scores = np.random.default_rng(0).normal(-30, 3, 25)
    if centred:  # with an even window, pandas too takes the extra value from before
        rolling = pd.Series(scores).rolling(window, min_periods=1, center=True)
    else:
        rolling = pd.Series(scores).rolling(window, min_periods=1)
    np.testing.assert_allclose(smooth(scores, window, centred), rolling.mean(), rtol=1e-12)


@pytest.mark.parametrize("centred", [False, True])
def test_window_of_one_changes_nothing(centred: bool) -> None:
    scores = np.random.default_rng(0).normal(-30, 3, 50)
    assert np.array_equal(smooth(scores, 1, centred), scores)


def test_no_scores_give_no_scores() -> None:
    assert smooth(np.zeros(0), 5).shape == (0,)


@pytest.mark.parametrize("window", [1, 5, 10])
def test_stream_gives_exactly_the_causal_numbers(window: int) -> None:
    rng = np.random.default_rng(window)
    scores = rng.normal(-30, 3, 20_000) * 10.0 ** rng.integers(-8, 9, 20_000)
    smoother = Smoother(window)
    assert [smoother.next(score) for score in scores] == smooth(scores, window).tolist()


def test_a_huge_score_leaves_no_trace_once_out_of_the_window() -> None:
    smoother = Smoother(2)
    results = [smoother.next(score) for score in [1e20, 0.1, 0.1, 0.1]]
    assert results[2:] == [0.1, 0.1]


def test_a_window_s_sum_is_not_rounded_on_the_way() -> None:
    assert smooth(np.array([1e20, 3.0, -1e20]), 3).tolist()[-1] == 1.0


def test_reset_begins_a_new_event() -> None:
    smoother = Smoother(3)
    smoother.next(100.0)
    smoother.reset()
    assert [smoother.next(value) for value in (1.0, 2.0)] == [1.0, 1.5]


BAD_WINDOWS: list[Any] = [0, -3, 2.5, "ten", None]


@pytest.mark.parametrize("window", BAD_WINDOWS)
def test_a_window_that_is_none_is_named(window: Any) -> None:
    with pytest.raises(UserError, match=f"^The smoothing window is {window!r}.*at least 1"):
        smooth(np.zeros(3), window)
    with pytest.raises(UserError, match=f"^The smoothing window is {window!r}.*at least 1"):
        Smoother(window)


def test_a_score_that_is_left_out_changes_nothing() -> None:
    smoother = Smoother(3)
    assert smoother.next(9.0, held=True) == 9.0
    assert [smoother.next(x) for x in (1.0, 2.0)] == [1.0, 1.5]
    assert smoother.next(99.0, held=True) == 1.5
    assert smoother.next(3.0) == 2.0


def test_an_event_is_smoothed_but_for_what_is_held() -> None:
    values, changed = [1.0, 2.0, 99.0, 3.0], [False, False, True, False]
    assert smooth_held(values, changed, 3).tolist() == [1.0, 1.5, 1.5, 2.0]
