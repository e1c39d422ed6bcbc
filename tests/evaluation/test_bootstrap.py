import time

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from vadlit.evaluation.bootstrap import auroc_interval, drawn_aurocs
from vadlit.evaluation.scores import Bools, Floats


def footage(events: int, frames: int = 40, seed: int = 0) -> tuple[list[Floats], list[Bools]]:
    """Events of unlike level, with ties, the first all anomalous and the last all normal."""
    rng = np.random.default_rng(seed)
    labels = [rng.random(frames) < 0.5 for _ in range(events)]
    labels[0][:], labels[-1][:] = True, False
    levels = rng.normal(0, 1, events)
    scores = [
        np.round(rng.normal(-30, 1, frames) + x + level, 1)
        for x, level in zip(labels, levels, strict=True)
    ]
    return scores, labels


def test_each_draw_has_the_area_of_scikit_learn_over_its_events() -> None:
    scores, labels = footage(6)
    draws = np.random.default_rng(1).integers(6, size=(50, 6))
    counts = np.stack([np.bincount(draw, minlength=6) for draw in draws])
    expected = [
        roc_auc_score(*(np.concatenate([part[i] for i in draw]) for part in (labels, scores)))
        for draw in draws
    ]
    np.testing.assert_allclose(drawn_aurocs(scores, labels, counts), expected, atol=1e-12)


def test_a_draw_of_one_label_has_none() -> None:
    scores, labels = footage(3)
    areas = drawn_aurocs(scores, labels, np.array([[3, 0, 0], [0, 0, 3], [1, 1, 1]]))
    assert np.isnan(areas).tolist() == [True, True, False]


def test_interval_is_that_of_a_naive_bootstrap() -> None:
    scores, labels = footage(12)
    rng = np.random.default_rng(5)
    areas = [
        roc_auc_score(*(np.concatenate([part[i] for i in draw]) for part in (labels, scores)))
        for draw in rng.integers(12, size=(2000, 12))
    ]
    assert auroc_interval(scores, labels) == pytest.approx(
        np.quantile(areas, [0.025, 0.975]), abs=0.015
    )


def test_an_interval_repeats() -> None:
    assert auroc_interval(*footage(5)) == auroc_interval(*footage(5))


def test_alike_events_have_no_width() -> None:
    scores, labels = footage(3)
    low, high = auroc_interval(scores[1:2] * 4, labels[1:2] * 4) or (0.0, 1.0)
    assert low == pytest.approx(high)
    assert low == pytest.approx(roc_auc_score(labels[1], scores[1]))


def test_fewer_than_two_events_have_no_interval() -> None:
    assert auroc_interval([], []) is None
    scores, labels = footage(3)
    assert auroc_interval(scores[1:2], labels[1:2]) is None


def test_no_interval_where_most_draws_lack_a_label() -> None:
    # One anomalous event of two: half of the draws hold both. One of five normal: two thirds.
    anomalous, normal = np.ones(4, bool), np.zeros(4, bool)
    assert auroc_interval([np.arange(4.0)] * 2, [anomalous, anomalous]) is None
    assert auroc_interval([np.arange(4.0)] * 5, [anomalous] * 4 + [normal]) is not None


def test_hours_of_footage_take_seconds() -> None:
    scores, labels = footage(60, frames=5000)
    start = time.process_time()
    assert auroc_interval(scores, labels) is not None
    assert time.process_time() - start < 10
