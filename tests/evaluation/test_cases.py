import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from vadlit.evaluation.cases import (
    Case,
    Confusion,
    case_confusion,
    case_scores,
    cases,
    confusion,
    frame_confusion,
)
from vadlit.evaluation.roc import auroc
from vadlit.evaluation.scores import Bools, EventScores


def event(name: str, labels: str, scores: list[float]) -> EventScores:
    """One character a frame: # is anomalous, . is normal."""
    values = np.array(scores, np.float64)
    return EventScores(name, 4, values - 100, values, np.array([c == "#" for c in labels], bool))


# The cases by hand: normal 1, anomalous 9, normal 5; then anomalous 3, normal 2.
TWO = [
    event("a", "..###..", [1, 0, 2, 9, 1, 5, 0]),
    event("b", "##..", [3, 1, 2, 2]),
]


def above(threshold: float) -> list[Bools]:
    return [each.score > threshold for each in TWO]


def test_cases_are_maximal_runs_with_inclusive_ends() -> None:
    labels = np.array([False, True, True, False])
    assert cases(labels, 4) == [Case(4, 4, False), Case(5, 6, True), Case(7, 7, False)]


def test_an_event_without_frames_has_no_case() -> None:
    assert cases(np.zeros(0, bool), 4) == []


def test_a_case_never_crosses_events_and_its_score_is_the_highest_smoothed() -> None:
    scores, labels = case_scores([*TWO, event("c", "..", [7, 8])])
    assert scores.tolist() == [1, 9, 5, 3, 2, 8]
    assert labels.tolist() == [False, True, False, True, False, False]


def test_case_auroc_by_hand() -> None:
    # Anomalous 9 and 3 against normal 1, 5 and 2: five of six pairs are in the right order.
    assert auroc(*case_scores(TWO)) == pytest.approx(5 / 6)


def test_no_events_have_no_cases() -> None:
    scores, labels = case_scores([])
    assert (scores.shape, labels.shape) == ((0,), (0,))


def test_frame_counts_by_hand() -> None:
    # Above 2: the 9, the 5 and the 3; a score of 2 is not above it.
    assert frame_confusion(TWO, above(2.0)) == Confusion(2, 1, 5, 3)
    assert frame_confusion([], []) == Confusion(0, 0, 0, 0)


def test_case_counts_by_hand() -> None:
    assert case_confusion(TWO, above(2.0)) == Confusion(2, 1, 2, 0)
    assert case_confusion(TWO, above(4.0)) == Confusion(1, 1, 2, 1)
    assert case_confusion([], []) == Confusion(0, 0, 0, 0)


def test_counts_equal_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    flagged, labels = rng.random(300) < 0.3, rng.random(300) < 0.6
    tn, fp, fn, tp = confusion_matrix(labels, flagged).ravel()
    assert confusion(flagged, labels) == Confusion(tp, fp, tn, fn)


def test_rates_are_shares_of_their_label() -> None:
    counts = Confusion(3, 1, 4, 1)
    assert counts.true_positive_rate == 0.75
    assert counts.false_positive_rate == 0.2


def test_rates_of_a_missing_label_are_none() -> None:
    assert Confusion(0, 1, 4, 0).true_positive_rate is None
    assert Confusion(3, 0, 0, 1).false_positive_rate is None
