"""Dense optical flow from one frame to the next, whatever the light does."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from vadlit.scoring.cells import DARK, Grey
from vadlit.scoring.view import Successive, View

Floats = NDArray[np.float32]
# A frame and its contrast.
Looks = tuple[Grey, Grey]

# Standard deviation, pixels, of the surroundings that a pixel is divided by, and the grey level
# that they are raised to.
AROUND, LEVEL = 2.0, 110.0


class Flow(NamedTuple):
    """What has moved since the last frame.

    Attributes:
        vectors: (H, W, 2), pixels to the right and down.
        change: (H, W), of contrast, grey levels.
    """

    vectors: Floats
    change: Floats


class DenseFlow:
    """The flow of the frames and of their contrast, of which at each pixel the slower one counts.

    Contrast is each pixel divided by its surroundings. The edge of a shadow moves in the frames,
    and not in their contrast, to which it is too soft; noise moves in the contrast, where there is
    none, and not in the frames; things move in both.

    Source: Kroeger, Timofte, Dai, Van Gool: Fast optical flow using dense inverse search. ECCV
    2016.
    """

    def __init__(self) -> None:
        # Of the frames and of their contrast at once: each keeps buffers of its own.
        self._flows = [
            cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM) for _ in range(2)
        ]
        self._threads = ThreadPoolExecutor(2)
        self._looks = Successive(_looks)

    def __call__(self, view: View) -> Flow:
        """The flow from the last frame to the target."""
        before, now = self._looks(view)
        of_frames, of_contrast = self._threads.map(_vectors, self._flows, before, now)
        slower = lengths(of_frames) <= lengths(of_contrast)
        vectors = np.where(slower[..., None], of_frames, of_contrast)
        return Flow(vectors, cv2.absdiff(before[1], now[1]).astype(np.float32))


def lengths(vectors: Floats) -> Floats:
    """Lengths of vectors (H, W, 2): (H, W)."""
    return cast(Floats, cv2.magnitude(*cv2.split(vectors)))


def contrast(image: Grey) -> Grey:
    """A frame (H, W) without its light: each pixel divided by its surroundings, around 110."""
    lit = image + np.float32(DARK)
    ratio: Floats = lit / cv2.GaussianBlur(lit, (0, 0), AROUND)
    return (LEVEL * ratio).clip(0, 255).astype(np.uint8)


def _vectors(flow: cv2.DISOpticalFlow, before: Grey, now: Grey) -> Floats:
    # The stubs ask for an array to write to; without one, OpenCV makes it.
    found: Floats = flow.calc(before, now, None)  # type: ignore[call-overload]
    return found


def _looks(image: Grey) -> Looks:
    return image, contrast(image)
