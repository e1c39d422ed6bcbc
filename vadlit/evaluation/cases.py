"""Cases: what an operator counts. A run of frames of one label is one thing to flag or to leave."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from vadlit.evaluation.roc import auroc
from vadlit.evaluation.scores import Bools, EventScores, Floats


class Case(NamedTuple):
    """A maximal run of scored frames of one label: frame numbers, both ends included."""

    first: int
    last: int
    anomalous: bool


class Confusion(NamedTuple):
    """Counts of decisions against the truth, of frames or of cases."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int

    @property
    def true_positive_rate(self) -> float | None:
        """The share of anomalies that is flagged; None where there are none."""
        return _share(self.true_positives, self.false_negatives)

    @property
    def false_positive_rate(self) -> float | None:
        """The share of the normal that is flagged; None where there is none."""
        return _share(self.false_positives, self.true_negatives)


def cases(labels: Bools, first: int) -> list[Case]:
    """Split the labels (n,) of an event into cases; `first` is the number of the first frame."""
    found = []
    for label, run in groupby(np.asarray(labels, bool).tolist()):
        length = sum(1 for _ in run)
        found.append(Case(first, first + length - 1, label))
        first += length
    return found


def case_scores(events: Sequence[EventScores]) -> tuple[Floats, Bools]:
    """The score of each case of all events, the highest of its frames, and its label.

    Source: thesis section 4.1: a case is flagged when any of its frames is.
    """
    pairs = [
        (event.score[case.first - event.first : case.last - event.first + 1].max(), case.anomalous)
        for event in events
        for case in cases(event.labels, event.first)
    ]
    return np.array([p[0] for p in pairs], np.float64), np.array([p[1] for p in pairs], bool)


def case_auroc(events: Sequence[EventScores]) -> float | None:
    """The area under the ROC over cases, smoothed scores; None where a label is missing."""
    return auroc(*case_scores(events))


def confusion(flagged: Bools, labels: Bools) -> Confusion:
    """Count the decisions (n,) against the labels (n,)."""
    return Confusion(
        int((flagged & labels).sum()),
        int((flagged & ~labels).sum()),
        int((~flagged & ~labels).sum()),
        int((~flagged & labels).sum()),
    )


def frame_confusion(events: Sequence[EventScores], threshold: float) -> Confusion:
    """Count frames; flagged is a smoothed score above the threshold."""
    scores = np.concatenate([[], *(event.score for event in events)])
    labels = np.concatenate([np.zeros(0, bool), *(event.labels for event in events)])
    return confusion(scores > threshold, labels)


def case_confusion(events: Sequence[EventScores], threshold: float) -> Confusion:
    """Count cases; flagged is any frame with a smoothed score above the threshold."""
    scores, labels = case_scores(events)
    return confusion(scores > threshold, labels)


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
