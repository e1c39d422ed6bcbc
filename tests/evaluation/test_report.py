import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from vadlit.errors import UserError
from vadlit.evaluation.report import assert_every_frame_scored, report
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


def test_each_area_equals_scikit_learn_under_its_own_protocol() -> None:
    numbers = report(EVENTS, -27.0, WINDOW)
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
    numbers = report(EVENTS, -27.0, WINDOW)
    assert numbers["case_auroc"] == pytest.approx(roc_auc_score(labels, highest), abs=1e-12)


def test_counts_and_rates_by_naive_loops() -> None:
    numbers = report(EVENTS, -27.0, WINDOW)
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
    wide, narrow = (report(EVENTS, -27.0, window)["frame_auroc_centred"] for window in (15, 1))
    assert narrow == report(EVENTS, -27.0, WINDOW)["frame_auroc"]
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
    numbers = json.loads(json.dumps(report(events, -27.0, WINDOW), allow_nan=False))
    areas = [key for key in numbers if "_auroc" in key]
    assert len(areas) == 6
    assert {numbers[key] for key in areas} == {None}
    assert numbers["macro_events"] == 0
    assert numbers["auroc_missing_because"] == reason


def test_report_is_strict_json() -> None:
    numbers = report(EVENTS, np.float64(-27.0), WINDOW)
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers


def test_a_score_that_is_no_number_is_a_sentence() -> None:
    broken = EventScores("a", 4, np.array([np.nan, 1.0]), np.zeros(2), np.array([True, False]))
    with pytest.raises(UserError, match="1 of 2 are not finite"):
        report([broken], 0.0, 1)


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
