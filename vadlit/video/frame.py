"""A frame with its place in time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a piece of footage.

    Args:
        index: Its number, from 0.
        time: Seconds from the first frame.
        image: uint8 RGB (H, W, 3), upright.
    """

    index: int
    time: float
    image: Image
