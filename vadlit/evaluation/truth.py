"""Where anomalies are in truth: masks as areas, regions and tracks.

Places are shares of a frame's width and height, so masks and maps need not have one size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vadlit.errors import UserError
from vadlit.evaluation.scores import Bools, Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Truth:
    """The anomalies of n frames, of one event or of many.

    Attributes:
        areas: (n, h, w) the share of each cell of the map that is anomalous, in [0, 1].
        frames: (m,) the frame of each region, from 0, rising.
        boxes: (m, 4) left, top, right and bottom of each region, in [0, 1].
        tracks: (m,) the track that each region belongs to, from 0.
    """

    areas: Floats
    frames: Ints
    boxes: Floats
    tracks: Ints

    def __post_init__(self) -> None:
        """Check that the arrays fit."""
        assert self.areas.ndim == 3
        assert self.boxes.shape == (len(self.frames), 4)
        assert self.tracks.shape == self.frames.shape == (len(self.frames),)


def read_truth(masks: Sequence[Path], cells: tuple[int, int]) -> Truth:
    """Read the masks of consecutive frames of one event.

    A region is a connected component (of 8 neighbours) of a mask. A track is a chain of regions
    that overlap from one frame to the next; where several overlap one, the largest overlap goes
    on and the others end or begin. They stand for the boxes and tracks that people annotate.

    Args:
        masks: One image a frame, anomalous where not 0; one at least.
        cells: Height and width of the maps.

    Raises:
        UserError: A mask cannot be read, or is not of the size of those before it.
    """
    areas, boxes, tracks, known = [], [], [], 0
    before, numbers = np.zeros((0, 0), np.int32), np.zeros(0, np.int64)
    for file in masks:
        mask = _read(file)
        _check_size(file, mask, before)
        labelled, found = components(mask)
        numbers = follow(before, numbers, labelled)
        new = numbers < 0
        numbers[new] = np.arange(known, known + new.sum())
        known += int(new.sum())
        before = labelled
        areas.append(cell_shares(mask, cells))
        boxes.append(found)
        tracks.append(numbers)
    frames = np.repeat(np.arange(len(masks)), [len(found) for found in boxes])
    return Truth(np.stack(areas), frames, np.concatenate(boxes), np.concatenate(tracks))


def joined(truths: Sequence[Truth]) -> Truth:
    """One truth over the frames of many events; no track reaches from one into the next."""
    frames, tracks, known, passed = [], [], 0, 0
    for truth in truths:
        frames.append(truth.frames + passed)
        tracks.append(truth.tracks + known)
        passed += len(truth.areas)
        known += int(truth.tracks.max(initial=-1)) + 1
    areas, boxes = ([getattr(truth, name) for truth in truths] for name in ("areas", "boxes"))
    return Truth(*map(np.concatenate, (areas, frames, boxes, tracks)))


def cell_shares(mask: Bools, cells: tuple[int, int]) -> Floats:
    """The share of each cell that a mask (H, W) covers, (h, w) in [0, 1]."""
    height, width = cells
    shares = cv2.resize(mask.astype(np.float64), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(shares, np.float64).clip(0.0, 1.0)


def components(mask: Bools) -> tuple[NDArray[np.int32], Floats]:
    """The regions of a mask (H, W), and their boxes (r, 4).

    Returns:
        The number of each pixel's region, 0 outside, and the boxes: that of region k is k - 1.
    """
    pixels = mask.astype(np.uint8)
    labelled = np.zeros(mask.shape, np.int32)
    x, y, width, height = cv2.boundingRect(pixels)  # most of a mask is empty, and costs time
    if not width:
        return labelled, np.zeros((0, 4))
    part = np.s_[y : y + height, x : x + width]
    _, labelled[part], stats, _ = cv2.connectedComponentsWithStats(pixels[part])
    left, top, wide, high = stats[1:, :4].T + np.array([[x], [y], [0], [0]])
    corners = np.stack([left, top, left + wide, top + high], axis=1)
    return labelled, corners / np.array(mask.shape[::-1] * 2)


def follow(before: NDArray[np.int32], tracks: Ints, now: NDArray[np.int32]) -> Ints:
    """The track that each region of a frame goes on with, (r,); -1 where it begins one.

    Args:
        before: (H, W) regions of the frame before, numbered from 1; whatever where it has none.
        tracks: The track of each of those.
        now: (H, W) regions of this frame.
    """
    found = np.full(int(now.max()), -1)
    if not len(tracks) or not len(found):
        return found
    both = (before > 0) & (now > 0)
    shape = (len(tracks), len(found))
    pairs = np.ravel_multi_index((before[both] - 1, now[both] - 1), shape)
    shared = np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)
    while shared.any():
        old, new = np.unravel_index(shared.argmax(), shared.shape)
        found[new] = tracks[old]
        shared[old], shared[:, new] = 0, 0
    return found


def _check_size(file: Path, mask: Bools, before: NDArray[np.int32]) -> None:
    if before.size and mask.shape != before.shape:
        (height, width), (due_height, due_width) = mask.shape, before.shape
        raise UserError(
            f"The mask {file} is {width}x{height} pixels but those before it are "
            f"{due_width}x{due_height}; allowed is one size in an event."
        )


def _read(file: Path) -> Bools:
    try:
        with Image.open(file) as image:
            # Opacity is no anomaly; and grey pictures keep values that a conversion would round.
            coloured = image.mode == "P" or len(image.getbands()) > 1
            pixels = np.asarray(image.convert("RGB") if coloured else image)
    except Exception as error:  # Pillow raises whatever the broken bytes lead to
        raise UserError(f"The mask {file} cannot be read as an image: {error}.") from error
    return np.asarray(pixels.reshape(*pixels.shape[:2], -1).any(axis=2), bool)
