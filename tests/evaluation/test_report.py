import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from vadlit.errors import UserError
from vadlit.evaluation.bootstrap import auroc_interval
from vadlit.evaluation.cases import case_scores
from vadlit.evaluation.operating import eer
from vadlit.evaluation.report import Report, assert_every_frame_scored, measures, report
from vadlit.evaluation.roc import roc
from vadlit.evaluation.scores import EventScores

WINDOW = 4


def event(name: str, seed: int, anomalous: slice, count: int = 120) -> EventScores:
    rng = np.random.default_rng(seed)
    labels = np.zeros(count, bool)
    labels[anomalous] = True
    cue = rng.normal(-30, 2, count) + labels + seed
    score = pd.Series(cue).rolling(WINDOW, min_periods=1).mean().to_numpy()
    return EventScores(name, 4, cue, score, labels)


EVENTS = [
    event("a", 0, slice(20, 50)),
    event("b", 1, slice(0, 30)),
    event("c", 2, slice(0, 0)),
    event("d", 3, slice(0, 120)),
]
LABELS = np.concatenate([e.labels for e in EVENTS])


def reported(events: list[EventScores], threshold: float = -27.0, window: int = WINDOW) -> Report:
    flagged = [event.score > threshold for event in events]
    return report(events, flagged, np.float64(threshold), window)


def test_each_area_equals_scikit_learn_under_its_own_protocol() -> None:
    numbers = reported(EVENTS)
    cue = np.concatenate([e.cue for e in EVENTS])
    score = np.concatenate([e.score for e in EVENTS])
    centred = np.concatenate(
        [pd.Series(e.cue).rolling(WINDOW, min_periods=1, center=True).mean() for e in EVENTS]
    )
    stretched = np.concatenate([(e.cue - e.cue.min()) / np.ptp(e.cue) for e in EVENTS])
    expected = {
        "frame_auroc": roc_auc_score(LABELS, cue),
        "frame_auroc_smoothed": roc_auc_score(LABELS, score),
        "frame_auroc_centred": roc_auc_score(LABELS, centred),
        "frame_auroc_macro": np.mean([roc_auc_score(e.labels, e.cue) for e in EVENTS[:2]]),
        "frame_auroc_normalised": roc_auc_score(LABELS, stretched),
        "frame_auroc_mixed": roc_auc_score(LABELS[:240], score[:240]),
        "frame_average_precision": average_precision_score(LABELS, cue),
        "frame_average_precision_smoothed": average_precision_score(LABELS, score),
    }
    assert {key: numbers[key] for key in expected} == pytest.approx(expected, abs=1e-12)
    assert len({round(value, 6) for value in expected.values()}) == len(expected)


def test_case_area_uses_the_smoothed_scores() -> None:
    runs = [
        (0, 0, 20),
        (0, 20, 50),
        (0, 50, 120),
        (1, 0, 30),
        (1, 30, 120),
        (2, 0, 120),
        (3, 0, 120),
    ]
    highest = [EVENTS[i].score[start:stop].max() for i, start, stop in runs]
    labels = [False, True, False, True, False, False, True]
    numbers = reported(EVENTS)
    assert numbers["case_auroc"] == pytest.approx(roc_auc_score(labels, highest), abs=1e-12)


def test_equal_error_rates_are_those_of_their_curves() -> None:
    numbers = reported(EVENTS)
    for key, scores in (
        ("frame_eer", [e.cue for e in EVENTS]),
        ("frame_eer_smoothed", [e.score for e in EVENTS]),
    ):
        curve = roc(np.concatenate(scores), LABELS)
        assert curve is not None
        assert numbers[key] == eer(curve)
    assert numbers["frame_eer"] != numbers["frame_eer_smoothed"]


def test_intervals_are_those_of_their_scores_and_hold_the_value() -> None:
    numbers = reported(EVENTS)
    labels, cases = [e.labels for e in EVENTS], [case_scores([e]) for e in EVENTS]
    pairs = {
        "frame_auroc": ([e.cue for e in EVENTS], labels),
        "frame_auroc_smoothed": ([e.score for e in EVENTS], labels),
        "case_auroc": ([c[0] for c in cases], [c[1] for c in cases]),
    }
    for key, (scores, truth) in pairs.items():
        expected = auroc_interval(scores, truth)
        assert (numbers[f"{key}_low"], numbers[f"{key}_high"]) == expected
    for key in (*pairs, "frame_auroc_centred"):
        low, value, high = (numbers[name] for name in (f"{key}_low", key, f"{key}_high"))
        assert isinstance(low, float)
        assert isinstance(value, float)
        assert isinstance(high, float)
        assert low < value < high


def test_what_needs_no_threshold_does_not_change_with_it() -> None:
    needless = measures(EVENTS, WINDOW)
    for threshold in (-30.0, -20.0):
        numbers = reported(EVENTS, threshold)
        assert {key: numbers[key] for key in needless} == needless


def test_counts_and_rates_by_naive_loops() -> None:
    numbers = reported(EVENTS)
    frames = [(s > -27.0, y) for e in EVENTS for s, y in zip(e.score, e.labels, strict=True)]
    assert numbers["frames_scored"] == 480
    assert numbers["frames_anomalous"] == 180
    assert numbers["frame_true_positives"] == sum(f and y for f, y in frames)
    assert numbers["frame_false_positives"] == sum(f and not y for f, y in frames)
    assert numbers["frame_true_negatives"] == sum(not f and not y for f, y in frames)
    assert numbers["frame_false_negatives"] == sum(not f and y for f, y in frames)
    false_alarms = sum(f and not y for f, y in frames)
    assert numbers["frame_false_positive_rate"] == pytest.approx(false_alarms / 300)
    assert numbers["cases_scored"] == 7
    assert numbers["cases_anomalous"] == 3
    assert numbers["events"] == 4
    assert numbers["macro_events"] == 2
    assert numbers["threshold"] == -27.0
    assert numbers["window"] == WINDOW
    assert numbers["auroc_missing_because"] is None


def test_centred_figure_follows_the_window() -> None:
    wide, narrow = (reported(EVENTS, window=window)["frame_auroc_centred"] for window in (15, 1))
    assert narrow == reported(EVENTS)["frame_auroc"]
    assert wide != narrow


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([EVENTS[2]], "no scored frame is anomalous"),
        ([EVENTS[3]], "no scored frame is normal"),
        ([], "no frame is scored"),
    ],
)
def test_one_label_alone_has_null_areas_and_a_reason(
    events: list[EventScores], reason: str
) -> None:
    numbers = json.loads(json.dumps(reported(events), allow_nan=False))
    areas = [key for key in numbers if "_auroc" in key]
    assert len(areas) == 7 + 8
    assert {numbers[key] for key in areas} == {None}
    others = [key for key in numbers if "_eer" in key or "_precision" in key]
    assert len(others) == 4
    assert {numbers[key] for key in others} == {None}
    assert numbers["macro_events"] == 0
    assert numbers["auroc_missing_because"] == reason


def test_report_is_strict_json() -> None:
    numbers = reported(EVENTS)
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers


def test_a_score_that_is_no_number_is_a_sentence() -> None:
    broken = EventScores("a", 4, np.array([np.nan, 1.0]), np.zeros(2), np.array([True, False]))
    with pytest.raises(UserError, match="1 of 2 are not finite"):
        reported([broken])


def test_every_frame_from_the_fifth_on_is_counted() -> None:
    lengths = {"a": 124, "b": 124, "c": 124, "d": 124, "too short": 4}
    assert assert_every_frame_scored(EVENTS, lengths) == 480


@pytest.mark.parametrize(
    ("events", "lengths"),
    [
        ([EVENTS[0]], {"a": 125}),
        ([EVENTS[0]], {"a": 123}),
        ([EVENTS[0]], {"a": 124, "b": 5}),
        ([EVENTS[0], EVENTS[1]], {"a": 124}),
        ([EVENTS[0], EVENTS[0]], {"a": 124}),
        ([EventScores("a", 5, np.zeros(120), np.zeros(120), np.zeros(120, bool))], {"a": 125}),
    ],
    ids=["last frame missing", "one too many", "event missing", "unknown", "twice", "late start"],
)
def test_a_frame_left_out_is_found(events: list[EventScores], lengths: dict[str, int]) -> None:
    with pytest.raises(AssertionError, match="scored and due differ"):
        assert_every_frame_scored(events, lengths)
