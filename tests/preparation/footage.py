"""Small footage of known content."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from vadlit.video.write import VideoWriter

HEIGHT, WIDTH, RATE = 96, 128, 10
Picture = npt.NDArray[np.uint8]


def scene(number: int, *, height: int = HEIGHT, width: int = WIDTH) -> Picture:
    """A textured, still background and a bright box that walks to and fro between x = 40 and 90."""
    generator = np.random.default_rng(7)
    coarse = generator.integers(60, 140, (height // 8, width // 8, 1), dtype=np.uint8)
    image = np.kron(coarse, np.ones((8, 8, 3), np.uint8))
    x = 40 + abs((4 * number) % 68 - 34)
    image[32:56, x : x + 16] = 250
    return image


def numbered(number: int) -> Picture:
    """A picture that shows its number as ten black and white stripes: its bits."""
    bits = np.array([(number >> bit) & 1 for bit in range(8)], np.uint8) * 255
    return np.repeat(np.tile(bits.repeat(WIDTH // 8), (HEIGHT, 1))[..., None], 3, 2)


def number_of(image: npt.NDArray[np.generic]) -> int:
    """What `numbered` has drawn, in whatever size."""
    columns = np.asarray(image, np.float64).mean((0, 2)).reshape(8, -1).mean(1)
    return sum(1 << bit for bit, level in enumerate(columns) if level > 127)


def write_video(file: Path, pictures: list[Picture], rate: float = RATE) -> Path:
    """An mp4 of pictures."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(file, pictures[0].shape[:2], rate) as video:
        for picture in pictures:
            video.write(picture)
    return file


def write_folder(folder: Path, pictures: list[Picture]) -> Path:
    """A folder of PNG files."""
    folder.mkdir(parents=True)
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return folder
