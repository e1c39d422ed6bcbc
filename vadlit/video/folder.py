"""A folder of image files as footage."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from vadlit.errors import UserError

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})


@dataclass(frozen=True)
class FrameFolder:
    """The frames of one event: image files of one size, in order.

    Args:
        files: Image files in time order; grey, palette and alpha pictures become RGB.
    """

    files: tuple[Path, ...]

    @classmethod
    def open(cls, folder: Path) -> "FrameFolder":
        """Take every image file of a folder, in name order.

        Raises:
            UserError: The folder is missing or holds no image.
        """
        if not folder.is_dir():
            raise UserError(f"There is no folder of frames {folder}.")
        files = tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES))
        if not files:
            kinds = " ".join(sorted(IMAGE_SUFFIXES))
            raise UserError(f"The folder {folder} holds no frames; allowed are {kinds} files.")
        return cls(files)

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield uint8 RGB frames (H, W, 3).

        Raises:
            UserError: A file cannot be read, or its size is not the first frame's.
        """
        shape: tuple[int, ...] = ()
        for file in self.files:
            frame = _read(file)
            shape = shape or frame.shape
            if frame.shape != shape:
                raise UserError(
                    f"The frame {file} is {_size(frame.shape)} pixels; allowed is the size of its "
                    f"event's first frame, {_size(shape)}."
                )
            yield frame


def _read(file: Path) -> npt.NDArray[np.uint8]:
    try:
        with Image.open(file) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"The frame {file} cannot be read as an image: {error}.") from error


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}"
