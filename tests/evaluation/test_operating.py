import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_curve

from vadlit.evaluation.operating import (
    average_precision,
    eer,
    frame_average_precision,
    frame_eer,
)
from vadlit.evaluation.roc import roc
from vadlit.evaluation.scores import Bools, Floats


def labelled(seed: int, decimals: int, share: float = 0.4) -> tuple[Floats, Bools]:
    rng = np.random.default_rng(seed)
    labels = rng.random(300) < share
    return np.round(rng.normal(-30, 1, 300) + labels, decimals), labels


@pytest.mark.parametrize("decimals", [0, 1, 9])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_eer_is_where_the_curve_of_scikit_learn_meets_the_diagonal(
    decimals: int, share: float
) -> None:
    scores, labels = labelled(0, decimals, share)
    false, true, _ = roc_curve(labels, scores, drop_intermediate=False)
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        below = middle < 1 - np.interp(middle, false, true)
        low, high = (middle, high) if below else (low, middle)
    curve = roc(scores, labels)
    assert curve is not None
    assert eer(curve) == pytest.approx(low, abs=1e-9)


def test_eer_by_hand() -> None:
    # Falling: anomalous, normal, anomalous, normal. Flagging two errs on half of each label.
    assert frame_eer([np.array([4.0, 3, 2, 1])], [np.array([1, 0, 1, 0], bool)]) == 0.5
    assert frame_eer([np.array([4.0, 3, 2, 1])], [np.array([1, 1, 0, 0], bool)]) == 0
    assert frame_eer([np.array([4.0, 3, 2, 1])], [np.array([0, 0, 1, 1], bool)]) == 1
    assert frame_eer([np.zeros(4)], [np.array([0, 1, 1, 1], bool)]) == 0.5


@pytest.mark.parametrize("decimals", [0, 1, 9])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_average_precision_equals_scikit_learn(decimals: int, share: float) -> None:
    scores, labels = labelled(1, decimals, share)
    expected = average_precision_score(labels, scores)
    assert average_precision(scores, labels) == pytest.approx(expected, abs=1e-12)


def test_scores_without_knowledge_reach_the_share_of_anomalies() -> None:
    labels = np.arange(100) < 82
    assert average_precision(np.zeros(100), labels) == pytest.approx(0.82)


def test_both_are_over_all_frames_of_all_events() -> None:
    events = [labelled(seed, 1) for seed in range(3)]
    scores, labels = [e[0] + i for i, e in enumerate(events)], [e[1] for e in events]
    together, truth = np.concatenate(scores), np.concatenate(labels)
    found = frame_average_precision(scores, labels)
    assert found == pytest.approx(average_precision_score(truth, together), abs=1e-12)
    curve = roc(together, truth)
    assert curve is not None
    assert frame_eer(scores, labels) == eer(curve)


@pytest.mark.parametrize("labels", [[], [True, True], [False, False]])
def test_one_label_alone_has_neither(labels: list[bool]) -> None:
    scores, truth = [np.zeros(len(labels))], [np.array(labels, bool)]
    assert frame_eer(scores, truth) is None
    assert frame_average_precision(scores, truth) is None
