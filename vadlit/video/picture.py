"""Decoded pictures as upright RGB arrays."""

import av
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import SideData
from av.video.reformatter import VideoReformatter

from vadlit.video.frame import Image


class Pictures:
    """Turns decoded pictures of any pixel format into RGB; alpha is dropped."""

    def __init__(self) -> None:
        # One for all pictures, and without threads: half the time of VideoFrame.to_ndarray.
        self._reformatter = VideoReformatter()

    def image(self, picture: av.VideoFrame) -> Image:
        """Convert to uint8 RGB (H, W, 3), turned and mirrored as its display matrix asks."""
        rgb = self._reformatter.reformat(picture, format="rgb24", threads=1)
        array = rgb.to_ndarray().astype(np.uint8, copy=False)
        matrix = picture.side_data.get("DISPLAYMATRIX")
        if isinstance(matrix, SideData):
            turn = np.frombuffer(bytes(matrix), np.int32).reshape(3, 3)[:2, :2]
            array = upright(array, turn)
        return np.ascontiguousarray(array)


def upright(image: Image, matrix: npt.NDArray[np.int32]) -> Image:
    """Turn and mirror an image as a display matrix says, to the nearest right angle.

    Args:
        image: (H, W, 3).
        matrix: (2, 2): a step along a row of the image moves by its first row (right, down) on
            the screen, a step along a column by its second (ISO/IEC 14496-12, 8.2.2).
    """
    (a, b), (c, d) = matrix.tolist()
    if abs(a) + abs(d) < abs(b) + abs(c):
        image = image.transpose(1, 0, 2)
        a, d = c, b
    return image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
