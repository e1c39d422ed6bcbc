"""From a frame of the footage to a JPEG file of the data set."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from vadlit.video.resize import resize
from vadlit.video.roi import Roi

Image = npt.NDArray[np.uint8]

END = b"\xff\xd9"  # of every JPEG file (ITU-T T.81, EOI)


def cut(image: Image, roi: Roi, size: tuple[int, int]) -> Image:
    """Crop a frame (H, W, 3), then resize it as detection does: (height, width, 3)."""
    return np.ascontiguousarray(resize(roi.crop(image), size).permute(1, 2, 0).numpy())


def jpeg(image: Image, quality: int) -> bytes:
    """Encode an RGB picture with full colour resolution."""
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), settings)
    assert done
    return encoded.tobytes()


def is_whole(file: Path) -> bool:
    """Whether a file holds a JPEG picture to its end: what is interrupted leaves a part."""
    try:
        return file.read_bytes()[-len(END) :] == END
    except FileNotFoundError:
        return False
