"""Cases: what an operator counts. A run of frames of one label is one thing to flag or to leave."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

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


def confusion(flagged: Bools, labels: Bools) -> Confusion:
    """Count the decisions (n,) against the labels (n,)."""
    return Confusion(
        int((flagged & labels).sum()),
        int((flagged & ~labels).sum()),
        int((~flagged & ~labels).sum()),
        int((~flagged & labels).sum()),
    )


def frame_confusion(events: Sequence[EventScores], flagged: Sequence[Bools]) -> Confusion:
    """Count frames; `flagged` holds (n,) for each event."""
    none = np.zeros(0, bool)
    labels = [event.labels for event in events]
    return confusion(np.concatenate([none, *flagged]), np.concatenate([none, *labels]))


def case_confusion(events: Sequence[EventScores], flagged: Sequence[Bools]) -> Confusion:
    """Count cases; flagged is one with any frame in `flagged`, (n,) for each event."""
    pairs = [
        (flags[case.first - event.first : case.last - event.first + 1].any(), case.anomalous)
        for event, flags in zip(events, flagged, strict=True)
        for case in cases(event.labels, event.first)
    ]
    return confusion(np.array([p[0] for p in pairs], bool), np.array([p[1] for p in pairs], bool))


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
