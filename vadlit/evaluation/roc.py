"""ROC curves and areas under them, in float64 from the scores as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vadlit.errors import UserError
from vadlit.evaluation.scores import Bools, Floats


@dataclass(frozen=True, eq=False)
class Roc:
    """A ROC curve as its corners, from (0, 0) to (1, 1); the lines between them belong to it.

    Attributes:
        false_positive_rate: (m,) rising, in [0, 1].
        true_positive_rate: (m,) rising, in [0, 1].
        thresholds: (m,) falling; a point flags `score >= threshold`; the first is infinite.
        area: Under the curve, in [0, 1].
    """

    false_positive_rate: Floats
    true_positive_rate: Floats
    thresholds: Floats
    area: float

    def thinned(self, points: int = 1000) -> "Roc":
        """The same curve in at most `points` of its corners, the area that of the whole curve.

        Taken evenly along it, so that steep and flat parts keep their shape: nowhere is it off by
        more than 2 / (points - 1).
        """
        if len(self.thresholds) <= points:
            return self
        along = self.false_positive_rate + self.true_positive_rate  # rises from 0 to 2
        near = np.searchsorted(along, np.linspace(0.0, 2.0, points)).clip(max=len(along) - 1)
        keep = np.unique(near)
        return Roc(
            self.false_positive_rate[keep],
            self.true_positive_rate[keep],
            self.thresholds[keep],
            self.area,
        )

    def to_json(self) -> dict[str, float | list[float] | list[float | None]]:
        """What the figure draws, as strict JSON: the infinite threshold becomes null."""
        curve = self.thinned()
        thresholds = curve.thresholds.tolist()
        return {
            "area": curve.area,
            "false_positive_rate": curve.false_positive_rate.tolist(),
            "true_positive_rate": curve.true_positive_rate.tolist(),
            "thresholds": [value if isfinite(value) else None for value in thresholds],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Roc":
        """Read what `to_json` made."""
        thresholds = [np.inf if x is None else x for x in value["thresholds"]]
        return cls(
            np.array(value["false_positive_rate"]),
            np.array(value["true_positive_rate"]),
            np.array(thresholds),
            value["area"],
        )


class Steps(NamedTuple):
    """A falling threshold, and the true and the false that it flags, each (m,)."""

    thresholds: Floats
    true: NDArray[Any]
    false: NDArray[Any]


def roc(scores: Floats, labels: Bools) -> Roc | None:
    """The ROC curve of scores (n,), high is anomalous; None where one of the labels is missing.

    Equal scores are one step. Nothing squashes the scores first: at -20 to -40 dB a sigmoid
    would make all of them equal.

    Raises:
        UserError: A score is not finite.
    """
    scores, labels = np.asarray(scores, np.float64), np.asarray(labels, bool)
    assert scores.shape == labels.shape == (len(scores),)
    if not np.isfinite(scores).all():
        bad = int((~np.isfinite(scores)).sum())
        raise UserError(f"scores: {bad} of {len(scores)} are not finite; all must be for a ROC")
    if labels.all() or not labels.any():
        return None
    return _curve(scores, labels)


def auroc(scores: Floats, labels: Bools) -> float | None:
    """The area under the ROC curve; None where one of the labels is missing."""
    curve = roc(scores, labels)
    return None if curve is None else curve.area


def frame_auroc(scores: Sequence[Floats], labels: Sequence[Bools]) -> float | None:
    """Micro: over all frames of all events together, with no change to the scores."""
    return auroc(*together(scores, labels))


def together(scores: Sequence[Floats], labels: Sequence[Bools]) -> tuple[Floats, Bools]:
    """The scores and the labels of all events, (n,) each."""
    return np.concatenate([[], *scores]), np.concatenate([np.zeros(0, bool), *labels])


def frame_auroc_macro(
    scores: Sequence[Floats], labels: Sequence[Bools]
) -> tuple[float | None, int]:
    """The mean over the events that hold both labels, and the count of those events."""
    areas = [auroc(*event) for event in zip(scores, labels, strict=True)]
    defined = [area for area in areas if area is not None]
    return (float(np.mean(defined)) if defined else None), len(defined)


def frame_auroc_normalised(scores: Sequence[Floats], labels: Sequence[Bools]) -> float | None:
    """Micro after stretching each event to [0, 1]; an event of equal scores becomes 0.

    It looks at the whole event before it scores a frame, and at a normal event as if it held an
    anomaly: common in the literature, no measure of a detector in use.
    """
    return frame_auroc([_stretch(event) for event in scores], labels)


def _stretch(scores: Floats) -> Floats:
    if len(scores) == 0 or scores.min() == scores.max():
        return np.zeros_like(scores)
    low, high = scores.min(), scores.max()
    stretched: Floats = (scores - low) / (high - low)
    return stretched


def steps(scores: Floats, positive: NDArray[Any], negative: NDArray[Any]) -> Steps:
    """What `score >= threshold` flags as the threshold falls; equal scores are one step.

    Args:
        scores: (n,), n >= 1.
        positive: (n,) how much of each is anomalous: labels, or areas.
        negative: (n,) how much of each is normal.

    Returns:
        (m,) arrays that begin with an infinite threshold, which flags nothing.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last_of_tie = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    true, false = (
        np.append(0, np.cumsum(part[order])[last_of_tie]) for part in (positive, negative)
    )
    return Steps(np.append(np.inf, ranked[last_of_tie]), true, false)


def _curve(scores: Floats, labels: Bools) -> Roc:
    thresholds, true, false = steps(scores, labels, ~labels)
    corners = _corners(false, true)
    false_rate, true_rate = false[corners] / false[-1], true[corners] / true[-1]
    area = float(np.trapezoid(true_rate, false_rate))
    return Roc(false_rate, true_rate, thresholds[corners], area)


def _corners(x: NDArray[np.int64], y: NDArray[np.int64]) -> Bools:
    """Where the line through whole-numbered points turns, and its ends."""
    step_x, step_y = np.diff(x), np.diff(y)
    turns = step_x[:-1] * step_y[1:] != step_x[1:] * step_y[:-1]
    return np.concatenate([[True], turns, [True]])
