"""Cases: what an operator counts. A run of frames of one label is one thing to flag or to leave."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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


def runs(flags: Bools, first: int) -> list[Case]:
    """The cases of `cases` that are anomalous: runs of frames with their flag set."""
    return [case for case in cases(flags, first) if case.anomalous]


def case_scores(events: Sequence[EventScores]) -> tuple[Floats, Bools]:
    """The score of each case of all events, the highest of its frames, and its label.

    Source: thesis section 4.1: a case is flagged when any of its frames is.
    """
    highest, labels = _over_cases(np.max, events, [event.score for event in events])
    return highest.astype(np.float64), labels


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
    any_flagged, labels = _over_cases(np.any, events, flagged)
    return confusion(any_flagged.astype(bool), labels)


def _over_cases(
    reduce: Callable[[NDArray[Any]], Any], events: Sequence[EventScores], values: Sequence[Any]
) -> tuple[NDArray[Any], Bools]:
    """What the values (n,) of each event come to in each case, and the cases' labels."""
    pairs = [
        (reduce(of_event[case.first - event.first : case.last - event.first + 1]), case.anomalous)
        for event, of_event in zip(events, values, strict=True)
        for case in cases(event.labels, event.first)
    ]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs], bool)


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
