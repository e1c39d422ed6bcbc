"""Measures over pixels, from maps that are constant in each cell: exact, at the cost of cells."""

import numpy as np

from vadlit.evaluation.localisation import Maps
from vadlit.evaluation.roc import Roc, roc, steps
from vadlit.evaluation.scores import Bools, Floats
from vadlit.evaluation.truth import Truth

COVERED = 0.4  # of the anomalous pixels of a frame


def pixel_auroc(maps: Maps, truth: Truth) -> float | None:
    """The area under the ROC over all pixels of all frames; None where a label is missing.

    A cell (of maps (n, h, w), high is anomalous) counts as anomalous and as normal by its areas.
    """
    areas = truth.areas.ravel()
    _, true, false = steps(maps.ravel().astype(np.float64), areas, 1.0 - areas)
    if not true[-1] or not false[-1]:
        return None
    return float(np.trapezoid(true / true[-1], false / false[-1]))


def pixel_criterion(maps: Maps, truth: Truth) -> Roc | None:
    """The ROC over frames of the pixel criterion; None where a label is missing.

    An anomalous frame is detected when at least 40 % of its anomalous pixels are flagged; a normal
    one is a false positive when any of its pixels is.

    Source: Mahadevan et al., CVPR 2010, section 5; as told by Li, Mahadevan and Vasconcelos, TPAMI
    36(1), 2014.
    """
    return roc(*criterion_scores(maps, truth))


def criterion_scores(maps: Maps, truth: Truth) -> tuple[Floats, Bools]:
    """The highest threshold at which the pixel criterion takes each frame, (n,), and its label."""
    values = maps.reshape(len(maps), -1).astype(np.float64)
    areas = truth.areas.reshape(len(maps), -1)
    order = np.argsort(-values, axis=1)
    covered = np.take_along_axis(areas, order, axis=1).cumsum(axis=1)
    # For a normal frame, the first: its highest value.
    enough = (covered >= COVERED * covered[:, -1:]).argmax(axis=1)
    reached = np.take_along_axis(order, enough[:, None], axis=1)
    return np.take_along_axis(values, reached, axis=1)[:, 0], covered[:, -1] > 0
