"""Region and track based detection: were the anomalies found, and how often was elsewhere flagged?

Ramachandra and Jones: Street Scene: A new dataset and evaluation protocol for video anomaly
detection. WACV 2020, section 4.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vadlit.evaluation.scores import Bools, Floats
from vadlit.evaluation.truth import Ints, Truth

OVERLAP = 0.1  # beta of the paper: intersection over union from which a region is found
TRACK_SHARE = 0.1  # alpha: the share of its regions from which a track is found
THRESHOLDS = 100

Maps = NDArray[np.float32]


class Rates(NamedTuple):
    """What one threshold comes to."""

    false_per_frame: float
    regions: float
    tracks: float


class Criteria(NamedTuple):
    """RBDC and TBDC, areas in [0, 1]."""

    rbdc: float
    tbdc: float


def detection_criteria(maps: Maps, truth: Truth) -> Criteria | None:
    """RBDC and TBDC of maps (n, h, w), high is anomalous; None where no region is anomalous.

    At each of a hundred thresholds, a detection is the bounding box of a connected component of
    what is at or above it. The areas are those under the best rate that any threshold reaches
    with so many false detections a frame or fewer, for 0 to 1 of them.
    """
    if not len(truth.frames):
        return None
    rates = np.array([rates_at(maps, truth, float(t)) for t in thresholds(maps)])
    false, regions, tracks = rates.T
    return Criteria(area_to_one(false, regions), area_to_one(false, tracks))


def thresholds(maps: Maps) -> Floats:
    """Values of the maps, falling: close together where few cells are above, as it matters there.

    The k-th highest values of all cells, for k from 1 to all in steps of one ratio.
    """
    ranked = np.sort(maps, axis=None)[::-1]
    chosen = np.geomspace(1, len(ranked), THRESHOLDS).round().astype(int) - 1
    return np.unique(ranked[chosen].astype(np.float64))[::-1]


def rates_at(maps: Maps, truth: Truth, threshold: float) -> Rates:
    """False detections a frame, and the shares of regions and of tracks that are found.

    A region is found when a detection of its frame overlaps it by `OVERLAP`; a detection is false
    when it overlaps no region so far. One detection may find many regions and be found by many.
    """
    frames, boxes = detections(maps >= threshold)
    one, other = _pairs(frames, truth.frames)
    hit = overlaps(boxes[one], truth.boxes[other]) >= OVERLAP
    right, found = np.zeros(len(frames), bool), np.zeros(len(truth.frames), bool)
    right[one[hit]] = True
    found[other[hit]] = True
    lengths = np.bincount(truth.tracks)
    shares = np.bincount(truth.tracks, found) / np.maximum(lengths, 1)
    tracks = shares[lengths > 0] >= TRACK_SHARE
    return Rates(float((~right).sum() / len(maps)), float(found.mean()), float(tracks.mean()))


def detections(flagged: Bools) -> tuple[Ints, Floats]:
    """The regions of flagged cells (n, h, w): the frame of each (d,), rising; its box (d, 4)."""
    count, height, width = flagged.shape
    # One picture of all frames, an empty row between them: one call instead of thousands.
    column = np.zeros((count, height + 1, width), np.uint8)
    column[:, :height] = flagged
    pixels = column.reshape(-1, width)
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        pixels,
        8,
        cv2.CV_32S,
        cv2.CCL_GRANA,  # a third of the time of the default
    )
    stats = stats[1:][np.argsort(stats[1:, cv2.CC_STAT_TOP], kind="stable")]
    left, top, wide, high = stats[:, :4].T
    frames, top = np.divmod(top, height + 1)
    boxes = np.stack([left, top, left + wide, top + high], axis=1)
    return frames.astype(np.int64), boxes / np.array([width, height] * 2)


def overlaps(one: Floats, other: Floats) -> Floats:
    """Intersection over union of boxes with their counterparts, (p, 4) each, to (p,)."""
    size = np.minimum(one, other)[:, 2:] - np.maximum(one, other)[:, :2]
    shared = size.clip(min=0.0).prod(axis=1)
    total = sum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other))
    ratio: Floats = shared / (total - shared)
    return ratio


def area_to_one(false_rate: Floats, rate: Floats) -> float:
    """The area under a rate (m,) over 0 to 1 false detections a frame (m,), in any order.

    The curve begins at 0, never falls, and goes on level where no threshold gives more.
    """
    order = np.lexsort((rate, false_rate))
    x = np.append(0.0, false_rate[order])
    y = np.append(0.0, np.maximum.accumulate(rate[order]))
    end = np.interp(1.0, x, y)
    inside = x <= 1.0
    return float(np.trapezoid(np.append(y[inside], end), np.append(x[inside], 1.0)))


def _pairs(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The numbers of all pairs of one and of another thing of one frame; both frames rise."""
    start, stop = (np.searchsorted(other, one, side) for side in ("left", "right"))
    many = stop - start
    first = np.repeat(np.arange(len(one)), many)
    within = np.arange(many.sum()) - np.repeat(many.cumsum() - many, many)
    return first, np.repeat(start, many) + within
