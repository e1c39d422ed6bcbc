"""How far a whole picture has moved from where a reference of it lies."""

from typing import NamedTuple, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from vadlit.scoring.cells import DARK, Grey

Floats = NDArray[np.float32]
Vector = NDArray[np.float64]
Picture = TypeVar("Picture", NDArray[np.uint8], NDArray[np.float32])

# Pictures are compared at half their size.
REDUCED = 2
# Standard deviation, reduced pixels, of the surroundings that a pixel is compared with.
AROUND = 3.0
# Contrast, as a logarithm, that noise has as well.
FAINT = 0.03
# Share of the pixels, the steepest, that have a say; and the border, reduced pixels, that has none.
STEEPEST, BORDER = 0.25, 6
# A pixel is found again where it differs by less than so many deviations of all of them.
TOLERANCE = 0.5
# The descent ends with a step of less than so many reduced pixels, or after so many steps.
ARRIVED, STEPS = 0.01, 10
# Share of the pixels that have to be found again.
LEAST = 0.5


class Shift(NamedTuple):
    """How far a picture has moved, pixels to the right and down."""

    x: float
    y: float

    def __sub__(self, other: "Shift") -> "Shift":
        """From another place to this one."""
        return Shift(self.x - other.x, self.y - other.y)

    def plus(self, other: "Shift") -> "Shift":
        """Both, one after the other."""
        return self - -other

    def __neg__(self) -> "Shift":
        """Back again."""
        return STILL - self

    def or_none(self, least: float) -> "Shift":
        """STILL where it is less than so many pixels each way."""
        return self if max(map(abs, self)) >= least else STILL


STILL = Shift(0.0, 0.0)


class Reference:
    """A picture that others are compared with.

    Compared is the contrast, each pixel against its surroundings, so that light does not count, and
    of that the steepest pixels. From its own place or from the peak of the phase correlation,
    whichever is nearer, descent on a robust error goes to the shift at which most of them are found
    again: things that move do not count while they are the fewer.

    Args:
        grey: (H, W), even.

    Source: Baker and Matthews: Lucas-Kanade 20 years on, a unifying framework. IJCV 56, 2004, and
    part 2 for robust errors.
    """

    def __init__(self, grey: Grey) -> None:
        self._look = _contrast(grey)
        right, down = (cv2.Sobel(self._look, cv2.CV_32F, *axis, scale=1 / 8) for axis in _AXES)
        slopes = cv2.magnitude(right, down)
        slopes[:BORDER], slopes[-BORDER:], slopes[:, :BORDER], slopes[:, -BORDER:] = 0, 0, 0, 0
        count = round(STEEPEST * slopes.size)
        self._where = np.sort(np.argpartition(-slopes, count, axis=None)[:count])
        self._levels, self._right, self._down = (
            image.ravel()[self._where] for image in (self._look, right, down)
        )
        # Of a picture that shows nothing, nothing is found again.
        self._tolerance = TOLERANCE * max(1e-6, float(self._levels.std()))
        # Given to OpenCV, it would be multiplied into the pictures themselves at some sizes.
        self._window = cv2.createHanningWindow(self._look.shape[::-1], cv2.CV_32F)
        self._windowed = self._look * self._window

    def shift(self, grey: Grey) -> Shift | None:
        """How far a picture (H, W) has moved from the reference; None where it is not known."""
        look = _contrast(grey)
        peak, _ = cv2.phaseCorrelate(self._windowed, look * self._window)
        shift = max((np.zeros(2), np.array(peak)), key=lambda start: self._found(look, start))
        for _ in range(STEPS):
            step = self._step(look, shift)
            shift -= step
            if np.abs(step).max() < ARRIVED:
                break
        return Shift(*(REDUCED * shift).tolist()) if self._found(look, shift) >= LEAST else None

    def _step(self, look: Floats, shift: Vector) -> Vector:
        """From a shift to the one of least error, as far as the slopes reach."""
        error = self._error(look, shift)
        weights = 1 / np.square(1 + np.square(error / self._tolerance))
        right, down = weights * self._right, weights * self._down
        cross = right @ self._down
        slopes = [[right @ self._right + 1e-6, cross], [cross, down @ self._down + 1e-6]]
        return np.linalg.solve(slopes, [right @ error, down @ error])

    def _found(self, look: Floats, shift: Vector) -> float:
        """Share of the pixels that are found again."""
        return float((np.abs(self._error(look, shift)) < self._tolerance).mean())

    def _error(self, look: Floats, shift: Vector) -> Floats:
        back = moved(look, -Shift(*shift))
        return back.ravel()[self._where] - self._levels


_AXES = (1, 0), (0, 1)


def moved(image: Picture, shift: Shift) -> Picture:
    """A picture (H, W) moved, its border repeated; the same one where there is no shift."""
    if shift == STILL:
        return image
    height, width = image.shape
    matrix = np.array([[1, 0, shift.x], [0, 1, shift.y]], np.float32)
    found = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return cast(Picture, found)


def _contrast(grey: Grey) -> Floats:
    height, width = grey.shape
    small = cv2.resize(grey, (width // REDUCED, height // REDUCED), interpolation=cv2.INTER_AREA)
    light = np.log(small + np.float32(DARK))
    detail = light - cv2.GaussianBlur(light, (0, 0), AROUND)
    power = cv2.GaussianBlur(detail * detail, (0, 0), AROUND)
    return cast(Floats, detail / np.sqrt(power + np.float32(FAINT**2)))
