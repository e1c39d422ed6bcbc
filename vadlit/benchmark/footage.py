"""Footage to measure with, where it does not matter what is seen."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from vadlit.data.labels import Labels, write_labels

Image = npt.NDArray[np.uint8]

RATE = 10.0
# Height and width of Ped2, and the longest of its clips.
SOURCE, CLIP = (240, 360), 180


def belt(count: int, size: tuple[int, int] = SOURCE, seed: int = 0) -> Iterator[Image]:
    """Boxes on a belt under the noise of a camera, RGB (H, W, 3)."""
    height, width = size
    generator = np.random.default_rng(seed)
    coarse = generator.integers(60, 120, (height // 8, width // 8, 3), dtype=np.uint8)
    scene = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.int16)
    noise = generator.normal(0, 3, (8, height, width, 1)).round().astype(np.int16)
    box = height // 6
    for number in range(count):
        image = scene + noise[generator.integers(len(noise))]
        for place in range(3):
            left = (2 * number + place * width // 3) % (width + box) - box
            image[height // 2 : height // 2 + box, max(0, left) : max(0, left + box)] += 70
        yield image.clip(0, 255).astype(np.uint8)


def write_clip(folder: Path, count: int, seed: int = 0) -> None:
    """A clip as a folder of JPEG files, in order."""
    folder.mkdir(parents=True)
    write_labels(folder / "labels.json", Labels(RATE))
    files = [folder / f"{number:05d}.jpg" for number in range(count)]
    for file, image in zip(files, belt(count, seed=seed), strict=True):
        cv2.imwrite(str(file), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])


def write_data_set(root: Path, train: int, rest: int = 8) -> Path:
    """A data set for `data=folder` in clips no longer than Ped2's, of so many training frames."""
    for split, count in (("train", train), ("val", rest), ("test", rest)):
        for number, start in enumerate(range(0, count, CLIP)):
            write_clip(root / split / f"{number:03d}", min(CLIP, count - start), number)
    return root
