"""Measures beside the area: the equal error rate and the average precision, over all frames."""

from collections.abc import Sequence

import numpy as np

from vadlit.evaluation.roc import Roc, roc, steps, together
from vadlit.evaluation.scores import Bools, Floats


def eer(curve: Roc) -> float:
    """The equal error rate, in [0, 1]: where as large a share of the normal as of anomalies errs.

    On the lines between the corners of the curve, `false positive rate = 1 - true positive rate`.
    """
    along = curve.false_positive_rate + curve.true_positive_rate  # rises from 0 to 2
    return float(np.interp(1.0, along, curve.false_positive_rate))


def average_precision(scores: Floats, labels: Bools) -> float | None:
    """The precision at each step of recall, weighted by the step; None where a label is missing.

    Equal scores (n,) are one step and nothing is interpolated, as in scikit-learn. Scores without
    any knowledge reach the share of anomalies, not 0.5.
    """
    if labels.all() or not labels.any():
        return None
    _, true, false = steps(scores, labels, ~labels)
    precision = true[1:] / (true + false)[1:]
    return float((np.diff(true) * precision).sum() / true[-1])


def frame_eer(scores: Sequence[Floats], labels: Sequence[Bools]) -> float | None:
    """Micro: the equal error rate over all frames of all events together."""
    curve = roc(*together(scores, labels))
    return None if curve is None else eer(curve)


def frame_average_precision(scores: Sequence[Floats], labels: Sequence[Bools]) -> float | None:
    """Micro: the average precision over all frames of all events together."""
    return average_precision(*together(scores, labels))
