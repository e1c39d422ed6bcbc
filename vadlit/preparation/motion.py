"""`roi=auto`: the rectangle in which things move."""

from collections.abc import Iterable
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from vadlit.errors import UserError
from vadlit.video.roi import Roi

WIDTH = 160  # pixels of the reduced picture that motion is sought in
CHANGED = 12  # grey levels; the noise of a camera, averaged over a reduced pixel, stays below
FAINT = 0.1  # of the strongest motion: what is below is a speck that flickered
FEW = 3  # frames: what moves less often than that is an accident
TAIL = 0.01  # share of the motion that each side of the rectangle may leave out
MARGIN = 0.08  # of the rectangle's size, added on each side

Image = npt.NDArray[np.uint8]
Energy = npt.NDArray[np.float64]


def motion_energy(stretches: Iterable[Iterable[Image]]) -> Energy:
    """Where things move.

    Args:
        stretches: Unbroken ones, of RGB pictures (H, W, 3) some tenths of a second apart, all of
            one size.

    Returns:
        (h, w), at most 160 wide: the number of frames in which a place changed.
    """
    energy = np.zeros((1, 1))
    for stretch in stretches:
        for before, after in pairwise(map(reduced, stretch)):
            energy = energy + _opened(changed(before, after))
    return energy


def changed(before: Image, after: Image) -> npt.NDArray[np.bool_]:
    """Where two grey pictures differ by more than noise and more than most of the picture does."""
    difference = np.subtract(after, before, dtype=np.int16)
    return np.asarray(np.abs(difference - most(difference)) > CHANGED)


def most(difference: npt.NDArray[np.int16]) -> int:
    """The median of every fourth pixel: what happens to the whole picture, not to objects."""
    some = difference[::2, ::2].ravel()
    return int(np.partition(some, some.size // 2)[some.size // 2])


def _opened(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Without what is thinner than three pixels: edges that a little sway makes flicker."""
    square = np.ones((3, 3), np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, square).astype(np.bool_)


def reduced(frame: Image, width: int = WIDTH) -> Image:
    """A grey picture at most `width` pixels wide, each pixel the mean of those it stands for."""
    factor = min(1.0, width / frame.shape[1])
    size = (max(1, round(frame.shape[1] * factor)), max(1, round(frame.shape[0] * factor)))
    grey = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def propose(energy: Energy, picture: tuple[int, int], size: tuple[int, int], footage: str) -> Roi:
    """The smallest rectangle around nearly all motion, grown to a useful one.

    It gets a margin, is no smaller than the frames made of it (nothing is enlarged) and of their
    aspect ratio (nothing is distorted), each as far as the picture goes.

    Args:
        energy: (h, w) from `motion_energy`.
        picture: Height and width of the picture, pixels.
        size: Height and width of the frames to be made, pixels.
        footage: Named in the error.

    Raises:
        UserError: Hardly anything moves.
    """
    energy = np.where(energy >= max(FEW, FAINT * energy.max()), energy, 0.0)
    if not energy.any():
        raise UserError(
            f"roi is auto, but hardly anything moves in the normal frames of {footage}; "
            "allowed then is [x, y, width, height]."
        )
    rows = _span(energy.sum(1), picture[0])
    columns = _span(energy.sum(0), picture[1])
    height = max(rows[1] - rows[0], size[0])
    width = max(columns[1] - columns[0], size[1])
    height, width = max(height, width * size[0] / size[1]), max(width, height * size[1] / size[0])
    y, height = _inside(sum(rows) / 2, round(height), picture[0])
    x, width = _inside(sum(columns) / 2, round(width), picture[1])
    return Roi(x, y, width, height)


def _span(profile: Energy, pixels: int) -> tuple[float, float]:
    """From where to where the motion along one axis reaches, with the margin, in pixels."""
    rising = np.cumsum(profile) / profile.sum()
    first = np.searchsorted(rising, TAIL, side="right")
    last = np.searchsorted(rising, 1 - TAIL, side="left") + 1
    margin = MARGIN * (last - first)
    scale = pixels / len(profile)
    return max(0.0, (first - margin) * scale), min(float(pixels), (last + margin) * scale)


def _inside(centre: float, length: int, pixels: int) -> tuple[int, int]:
    """Start and length of an interval about a centre, moved and cut to lie in the picture."""
    length = min(length, pixels)
    return min(max(0, round(centre - length / 2)), pixels - length), length
