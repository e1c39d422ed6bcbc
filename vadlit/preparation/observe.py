"""What happens between the frames of an event, measured as they pass, at a reduced size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from vadlit.preparation.motion import changed, most, reduced

WIDTH = 112  # pixels of the reduced picture
MOVES = 0.002  # share of changed pixels from which on something moves
JITTER_EVERY = 15  # frames between two looks at the camera's shaking
TILES = 3  # the picture in 3x3 tiles: what moves in some of them is an object, in most the camera
CLEAR = 0.2  # response of phase correlation below which a tile is too plain to be located

Grey = npt.NDArray[np.uint8]


@dataclass
class Observed:
    """Of the frames of one piece of footage.

    Args:
        repeats: Of each frame with one before it: it is the same, pixel for pixel.
        moves: Of the same: something moves.
        levels: Of each frame: how much brighter than the first frame most of the picture is, in
            levels of 255; events lie one after the other.
        jumps: Change of `levels` from frame to frame.
        jitter: Pixels of the reduced picture by which the whole picture's movement changed from
            one frame to the next, looked at now and then.
        width: Of the reduced picture, pixels.
        decoded: How many frames the footage has given, in events or not.
    """

    repeats: list[bool] = field(default_factory=list)
    moves: list[bool] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    jumps: list[int] = field(default_factory=list)
    jitter: list[float] = field(default_factory=list)
    width: int = WIDTH
    decoded: int = 0


@dataclass
class Observer:
    """Watches the frames of one piece of footage, one event after the other."""

    observed: Observed = field(default_factory=Observed)
    _reference: Grey | None = field(default=None, init=False)
    _recent: list[Grey] = field(default_factory=list, init=False)
    _count: int = field(default=0, init=False)

    def begin(self) -> None:
        """Say that the next frame does not follow the last one."""
        self._recent = []
        self._count = 0

    def see(self, grey: Grey) -> None:
        """Take the next frame, as `look` reduced it."""
        if self._reference is None:
            self._reference = grey
            self.observed.width = grey.shape[1]
        level = brightening(self._reference, grey)
        if self._recent:
            before = self._recent[-1]
            self.observed.repeats.append(np.array_equal(before, grey))
            self.observed.moves.append(moving(before, grey) >= MOVES)
            self.observed.jumps.append(level - self.observed.levels[-1])
        self.observed.levels.append(level)
        self._recent = [*self._recent[-2:], grey]
        self._count += 1
        if self._count % JITTER_EVERY == 3:
            self.observed.jitter.extend(jitter(self._recent))


def look(image: npt.NDArray[np.uint8]) -> Grey:
    """The reduced picture that an observer sees of an RGB frame (H, W, 3)."""
    return reduced(image, WIDTH)


def brightening(before: Grey, after: Grey) -> int:
    """By how many levels at least half of the picture is brighter; objects are the other half."""
    return most(np.subtract(after, before, dtype=np.int16))


def moving(before: Grey, after: Grey) -> float:
    """The share of pixels that changed by more than noise."""
    return float(changed(before, after).mean())


def jitter(three: Sequence[Grey]) -> list[float]:
    """How the whole picture's movement changed over three frames, in pixels; none where unclear.

    A belt that fills the picture moves alike from frame to frame; a camera that shakes does not.
    """
    first, second = (shift(a, b) for a, b in pairwise(three))
    if first is None or second is None:
        return []
    return [float(np.hypot(*(second - first)))]


def shift(before: Grey, after: Grey) -> npt.NDArray[np.float64] | None:
    """By how many pixels (right, down) the background moved; None where too little is clear.

    Phase correlation by tiles (Kuglin and Hines, 1975), and the median over those that are clear.
    """
    found = [cv2.phaseCorrelate(*pair) for pair in zip(_tiles(before), _tiles(after), strict=True)]
    clear = [shifted for shifted, response in found if response >= CLEAR]
    return np.median(clear, 0) if 2 * len(clear) > len(found) else None


def _tiles(grey: Grey) -> list[npt.NDArray[np.float32]]:
    """Tiles of the picture, faded to the sides: a hard edge would correlate with itself."""
    height, width = (length // TILES for length in grey.shape)
    window = _window(width, height)
    tiles = []
    for row in range(TILES):
        for column in range(TILES):
            y, x = row * height, column * width
            tile = grey[y : y + height, x : x + width].astype(np.float32)
            tiles.append((tile - tile.mean()) * window)
    return tiles


@cache
def _window(width: int, height: int) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.createHanningWindow((width, height), cv2.CV_32F), np.float32)
