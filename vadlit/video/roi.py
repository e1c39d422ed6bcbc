"""The region of interest: the part of the picture that is watched."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vadlit.errors import UserError

ALLOWED = "[x, y, width, height] in pixels, or as fractions of the picture from 0 to 1"


@dataclass(frozen=True)
class Roi:
    """A rectangle of whole pixels; `x` and `y` are its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    def crop(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """What the rectangle shows of a picture (H, W, 3); a view."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]

    def plain(self) -> list[int]:
        """As a person states it."""
        return [self.x, self.y, self.width, self.height]

    def __str__(self) -> str:
        return f"[{self.x},{self.y},{self.width},{self.height}]"


def checked_roi(value: Any, word: str) -> tuple[float, ...] | None:
    """A ROI as a person states it; None is the whole picture.

    Args:
        value: What was stated.
        word: What may stand in its place, for the error.

    Raises:
        UserError: It is not four numbers, or its width or height is not above 0.
    """
    if value is None:
        return None
    match value:
        case [_, _, _, _] if all(type(number) in (int, float) for number in value):
            x, y, width, height = value
            if min(x, y) >= 0 and min(width, height) > 0 and all(map(_fits_kind(value), value)):
                return tuple(value)
    raise UserError(f"roi is {value}; allowed is {ALLOWED}, {word} or null.")


def in_pixels(stated: tuple[float, ...] | None, picture: tuple[int, int], footage: str) -> Roi:
    """Place a stated ROI in a picture.

    Args:
        stated: What `checked_roi` passed.
        picture: Its height and width, pixels.
        footage: Named in the error.

    Raises:
        UserError: The ROI reaches out of the picture.
    """
    height, width = picture
    if stated is None:
        return Roi(0, 0, width, height)
    scale_x, scale_y = (width, height) if _is_fraction(stated) else (1, 1)
    left, right = (round(x * scale_x) for x in (stated[0], stated[0] + stated[2]))
    top, bottom = (round(y * scale_y) for y in (stated[1], stated[1] + stated[3]))
    if right > width or bottom > height or right <= left or bottom <= top:
        raise UserError(
            f"roi is {list(stated)}, which is not inside the {width}x{height} pixels of {footage}; "
            f"allowed is {ALLOWED}, inside the picture."
        )
    return Roi(left, top, right - left, bottom - top)


def _is_fraction(stated: tuple[float, ...]) -> bool:
    """A ROI of at most 1x1 pixels is of no use: such a one is meant as fractions."""
    return max(stated[2:]) <= 1


def _fits_kind(value: Any) -> Any:
    fraction = _is_fraction(tuple(value))
    return lambda number: number <= 1 if fraction else float(number).is_integer()
