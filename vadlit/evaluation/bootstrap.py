"""How far an AUROC would swing with other events: percentile bootstrap intervals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vadlit.evaluation.roc import together
from vadlit.evaluation.scores import Bools, Floats

LEVEL = 0.95
DRAWS = 2000
SEED = 0  # the same scores always have the same interval


def auroc_interval(scores: Sequence[Floats], labels: Sequence[Bools]) -> tuple[float, float] | None:
    """The interval that holds 95 % of the AUROCs over events drawn with replacement.

    Whole events are drawn, since the frames of one event are alike: intervals over frames would
    be far too narrow. Those over a dozen events are still somewhat too narrow.

    Args:
        scores: (n,) for each event, high is anomalous.
        labels: (n,) for each event.

    Returns:
        Its ends; None with fewer than two events, or where most draws lack a label: those left
        would be a choice.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
    """
    events = len(scores)
    if events < 2:
        return None
    counts = np.random.default_rng(SEED).multinomial(events, [1 / events] * events, DRAWS)
    areas = drawn_aurocs(scores, labels, counts)
    defined = areas[~np.isnan(areas)]
    if 2 * len(defined) < DRAWS:
        return None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def drawn_aurocs(
    scores: Sequence[Floats], labels: Sequence[Bools], counts: NDArray[np.int64]
) -> Floats:
    """The micro AUROC of each draw, NaN where it lacks a label.

    An AUROC is the share of pairs of an anomalous and a normal frame that are in the right order.
    The pairs between any two events are counted once, so a draw costs no sorting.

    Args:
        scores: (n,) for each of e events.
        labels: (n,) for each event.
        counts: (d, e) how often each draw holds each event.
    """
    anomalous = counts @ np.array([x.sum() for x in labels])
    normal = counts @ np.array([(~x).sum() for x in labels])
    right = (counts @ _pairs_in_order(scores, labels) * counts).sum(axis=1)
    areas = np.full(len(counts), np.nan)
    np.divide(right, anomalous * normal, out=areas, where=anomalous * normal > 0)
    return areas


def _pairs_in_order(scores: Sequence[Floats], labels: Sequence[Bools]) -> Floats:
    """(e, e) pairs of an anomalous frame of one and a normal frame of another event, in order.

    In order is the anomalous frame above the normal one; equal scores are half a pair.
    """
    values, flags = together(scores, labels)
    owners = np.repeat(np.arange(len(scores)), [len(x) for x in scores])[flags]
    pairs = np.zeros((len(scores), len(scores)))
    for number, (event, label) in enumerate(zip(scores, labels, strict=True)):
        normal = np.sort(event[~label])
        below, not_above = (np.searchsorted(normal, values[flags], s) for s in ("left", "right"))
        pairs[:, number] = np.bincount(owners, (below + not_above) / 2, len(scores))
    return pairs
