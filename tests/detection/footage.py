"""Footage in which nothing moves but, for a while, everything."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.detectors import COPY, detector
from vadlit.detector import Detector
from vadlit.video.write import VideoWriter

HEIGHT, WIDTH, RATE = 32, 64, 10.0
FRAMES, RESTLESS = 30, range(12, 18)
Picture = npt.NDArray[np.uint8]


def pictures(size: tuple[int, int] = (HEIGHT, WIDTH)) -> list[Picture]:
    """Grey, and noise on the restless frames."""
    generator = np.random.default_rng(0)
    shape = (*size, 3)
    return [
        generator.integers(0, 256, shape, np.uint8)
        if number in RESTLESS
        else np.full(shape, 100, np.uint8)
        for number in range(FRAMES)
    ]


def write_frames(folder: Path, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Path:
    """A folder of PNG files, at ten frames a second."""
    folder.mkdir(parents=True)
    for number, picture in enumerate(pictures(size)):
        Image.fromarray(picture).save(folder / f"{number}.png")
    (folder / "labels.json").write_text(f'{{"frame_rate": {RATE}}}')
    return folder


def write_video(file: Path, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Path:
    """An mp4 of the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(file, size, RATE) as video:
        for picture in pictures(size):
            video.write(picture)
    return file


def copying(threshold: float = -30.0) -> Detector:
    """A detector that only compares a frame with the last one, -PSNR above -30 decibels."""
    made = detector(COPY, window=1)
    made.threshold.value = threshold
    return made
