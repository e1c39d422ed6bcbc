import json
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from vadlit.errors import UserError
from vadlit.evaluation.roc import (
    Roc,
    auroc,
    frame_auroc,
    frame_auroc_macro,
    frame_auroc_normalised,
    roc,
)
from vadlit.evaluation.scores import Bools, Floats


def labelled(seed: int, count: int = 400) -> tuple[Floats, Bools]:
    rng = np.random.default_rng(seed)
    labels = rng.random(count) < 0.4
    return rng.normal(0, 1, count) + labels, labels


SCALES: dict[str, Callable[[Floats], Floats]] = {
    "plain": lambda scores: scores,
    "negative decibels": lambda scores: scores - 30,
    "large": lambda scores: scores * 1e6 + 1e9,
    "closer than float32 can tell": lambda scores: -30 + scores * 1e-9,
    "many ties": lambda scores: np.round(scores) - 30,
    "in [0, 1]": lambda scores: 1 / (1 + np.exp(-scores)),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_curve_and_area_equal_scikit_learn(scale: str, seed: int) -> None:
    scores, labels = labelled(seed)
    scores = SCALES[scale](scores)
    curve = roc(scores, labels)
    assert curve is not None
    assert curve.area == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert 0.6 < curve.area < 0.9
    false, true, _ = roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_allclose(*at_points_of(false, true, curve), atol=1e-12)


def at_points_of(false: Floats, true: Floats, curve: Roc) -> tuple[Floats, Floats]:
    """The points of one curve, and of `curve` at the same way along."""
    along = curve.false_positive_rate + curve.true_positive_rate
    rates = (curve.false_positive_rate, curve.true_positive_rate)
    return np.stack([false, true]), np.stack([np.interp(false + true, along, r) for r in rates])


def test_each_threshold_gives_its_point() -> None:
    scores, labels = labelled(0)
    curve = roc(np.round(scores, 1), labels)
    assert curve is not None
    for false, true, threshold in zip(
        curve.false_positive_rate, curve.true_positive_rate, curve.thresholds, strict=True
    ):
        flagged = np.round(scores, 1) >= threshold
        assert false == pytest.approx(np.mean(flagged[~labels]))
        assert true == pytest.approx(np.mean(flagged[labels]))


def test_area_is_the_share_of_pairs_in_the_right_order() -> None:
    scores, labels = labelled(3, 60)
    scores = np.round(scores, 1)
    pairs = [(a > n) + 0.5 * (a == n) for a in scores[labels] for n in scores[~labels]]
    assert auroc(scores, labels) == pytest.approx(np.mean(pairs), abs=1e-12)


def test_equal_scores_are_the_diagonal() -> None:
    curve = roc(np.full(6, -30.0), np.array([True, False] * 3))
    assert curve is not None
    assert curve.area == 0.5
    assert curve.false_positive_rate.tolist() == curve.true_positive_rate.tolist() == [0.0, 1.0]


def test_perfect_scores_have_one_corner() -> None:
    curve = roc(np.arange(10.0), np.arange(10) >= 7)
    assert curve is not None
    assert curve.area == 1.0
    assert curve.false_positive_rate.tolist() == [0.0, 0.0, 1.0]
    assert curve.thresholds.tolist() == [np.inf, 7.0, 0.0]


@pytest.mark.parametrize("labels", [[], [True, True], [False, False]])
def test_one_label_alone_has_no_curve(labels: list[bool]) -> None:
    assert roc(np.zeros(len(labels)), np.array(labels, bool)) is None
    assert auroc(np.zeros(len(labels)), np.array(labels, bool)) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_not_finite_are_counted(bad: float) -> None:
    with pytest.raises(UserError, match="1 of 3 are not finite"):
        roc(np.array([0.0, bad, 1.0]), np.array([True, False, True]))


def test_thinned_curve_keeps_ends_shape_and_area() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(40_000) < 0.3
    whole = roc(rng.normal(0, 1, 40_000) + labels, labels)
    assert whole is not None
    assert len(whole.thresholds) > 5_000
    thin = whole.thinned(500)
    assert 250 < len(thin.thresholds) <= 500
    for rate in (thin.false_positive_rate, thin.true_positive_rate):
        assert (rate[0], rate[-1]) == (0.0, 1.0)
    assert thin.area == whole.area
    points = at_points_of(whole.false_positive_rate, whole.true_positive_rate, thin)
    assert np.abs(points[0] - points[1]).max() <= 2 / 499


def test_a_small_curve_is_not_thinned() -> None:
    curve = roc(*labelled(0))
    assert curve is not None
    assert curve.thinned(len(curve.thresholds)) is curve


def test_json_is_strict_and_holds_the_drawn_points() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(40_000) < 0.3
    curve = roc(rng.normal(0, 1, 40_000) + labels, labels)
    assert curve is not None
    read = json.loads(json.dumps(curve.to_json(), allow_nan=False))
    thin = curve.thinned()
    assert read["area"] == curve.area
    assert read["false_positive_rate"] == thin.false_positive_rate.tolist()
    assert read["true_positive_rate"] == thin.true_positive_rate.tolist()
    assert read["thresholds"] == [None, *thin.thresholds.tolist()[1:]]
    assert len(read["thresholds"]) <= 1000


def test_micro_is_over_all_frames_of_all_events() -> None:
    events = [labelled(seed, 50 + seed) for seed in range(4)]
    scores, labels = [e[0] + i for i, e in enumerate(events)], [e[1] for e in events]
    reference = roc_auc_score(np.concatenate(labels), np.concatenate(scores))
    assert frame_auroc(scores, labels) == pytest.approx(reference, abs=1e-12)


def test_macro_is_over_the_events_with_both_labels() -> None:
    events = [labelled(seed, 50) for seed in range(3)]
    scores, labels = [e[0] for e in events], [e[1] for e in events]
    scores += [np.arange(5.0), np.arange(5.0)]
    labels += [np.ones(5, bool), np.zeros(5, bool)]
    area, count = frame_auroc_macro(scores, labels)
    assert count == 3
    assert area == pytest.approx(np.mean([roc_auc_score(e[1], e[0]) for e in events]), abs=1e-12)


def test_normalised_undoes_shift_and_scale_of_each_event() -> None:
    base, labels = labelled(0)
    stretched = [base, base * 100 - 30, base / 7 + 1e3]
    value = frame_auroc_normalised(stretched, [labels] * 3)
    assert value == pytest.approx(roc_auc_score(labels, base), abs=1e-3)
    micro = frame_auroc(stretched, [labels] * 3)
    assert micro is not None
    assert abs(micro - roc_auc_score(labels, base)) > 0.05


def test_normalised_takes_an_event_of_equal_scores_as_zero() -> None:
    scores = [np.array([5.0, 9.0]), np.array([7.0, 7.0]), np.zeros(0)]
    labels = [np.array([False, True]), np.array([True, False]), np.zeros(0, bool)]
    reference = roc_auc_score([0, 1, 1, 0], [0.0, 1.0, 0.0, 0.0])
    assert frame_auroc_normalised(scores, labels) == pytest.approx(reference)


def test_no_events_have_no_area() -> None:
    assert frame_auroc([], []) is None
    assert frame_auroc_macro([], []) == (None, 0)
    assert frame_auroc_normalised([], []) is None
