"""A folder of image files as footage."""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from vadlit.errors import UserError
from vadlit.video.frame import Frame
from vadlit.video.resample import check_rate

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})


@dataclass(frozen=True)
class FrameFolder:
    """The frames of one event: image files of one size, in order.

    Args:
        files: Image files of 8 bits a channel in time order; grey, palette and alpha pictures
            become RGB, and a picture that a camera has marked as turned is turned.
        rate: Frames a second; files have no time stamps.
    """

    files: tuple[Path, ...]
    rate: float = 30.0

    @classmethod
    def open(cls, folder: Path, rate: float = 30.0) -> "FrameFolder":
        """Take every image file of a folder, in name order; hidden files are left out.

        Numbers in names count as numbers: `9.png` comes before `10.png`.

        Raises:
            UserError: The folder is missing or holds no image, or the rate is not positive.
        """
        check_rate(rate)
        if not folder.is_dir():
            raise UserError(f"There is no folder of frames {folder}.")
        files = tuple(sorted(filter(_is_frame, folder.iterdir()), key=by_number))
        if not files:
            kinds = " ".join(sorted(IMAGE_SUFFIXES))
            raise UserError(f"The folder {folder} holds no frames; allowed are {kinds} files.")
        return cls(files, rate)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.files[0].absolute().parent.name

    @property
    def frame_rate(self) -> float:
        """Frames a second, as stated."""
        return self.rate

    @property
    def expected(self) -> int:
        """The number of files."""
        return len(self)

    @property
    def skipped(self) -> int:
        """0: a picture that cannot be read is an error."""
        return 0

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

    def frames(self) -> Generator[Frame, None, None]:
        """Yield the frames with their times, n / rate.

        Raises:
            UserError: As iteration does.
        """
        for index, image in enumerate(self):
            yield Frame(index, index / self.rate, image)


def _is_frame(path: Path) -> bool:
    hidden = path.name.startswith(".")  # such as the ._001.jpg that macOS leaves
    return path.suffix.lower() in IMAGE_SUFFIXES and not hidden and not path.is_dir()


def by_number(path: Path) -> tuple[list[str | int], str]:
    """The sort key of natural order: `cam9` before `cam10`."""
    parts = re.split(r"([0-9]+)", path.name)  # text and digits in turn
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], path.name


def _read(file: Path) -> npt.NDArray[np.uint8]:
    try:
        with Image.open(file) as image:
            if image.mode[0] in "IF":  # Pillow would turn all above 255 white
                raise ValueError("it has more than 8 bits a channel")
            ImageOps.exif_transpose(image, in_place=True)
            return np.asarray(image.convert("RGB"))
    except Exception as error:  # Pillow raises whatever the broken bytes lead to
        raise UserError(f"The frame {file} cannot be read as an 8-bit image: {error}.") from error


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}"
