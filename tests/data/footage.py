"""Small events and videos on disk, and an encoder that counts what it is given."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d

from vadlit.data.events import Event, Range
from vadlit.video.folder import FrameFolder
from vadlit.video.write import VideoWriter

SIZE = (32, 64)


class MeanEncoder:
    """Features are means over blocks: 8x8 for `fine`, 32x32 and negative for `coarse`."""

    def __init__(self, identity: str = "mean") -> None:
        self.identity = identity
        self.encoded = 0
        self.asked: list[tuple[str, ...]] = []

    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        self.encoded += len(frames)
        self.asked.append(tuple(taps))
        made = {
            "fine": avg_pool2d(frames.float() / 255, 8),
            "coarse": -avg_pool2d(frames.float() / 255, 32),
        }
        return {tap: made[tap] for tap in taps}


def noise(name: str, count: int, seed: int = 0) -> Iterator[npt.NDArray[np.uint8]]:
    """Frames of 40x60 pixels; no two are alike."""
    generator = np.random.default_rng([seed, *name.encode()])
    for _ in range(count):
        yield generator.integers(0, 256, (40, 60, 3), dtype=np.uint8)


def make_event(
    root: Path, name: str, count: int, anomalous: tuple[Range, ...] = (), seed: int = 0
) -> Event:
    """An event of noise as a folder of frames."""
    folder = root / name
    folder.mkdir(parents=True)
    for number, pixels in enumerate(noise(name, count, seed)):
        Image.fromarray(pixels).save(folder / f"{number:03d}.png", compress_level=1)
    return Event(name, FrameFolder.open(folder), anomalous)


def make_video(root: Path, name: str, count: int, seed: int = 0) -> Path:
    """A video of noise."""
    file = root / f"{name}.mp4"
    with VideoWriter(file, (40, 60), 30) as video:
        for pixels in noise(name, count, seed):
            video.write(pixels)
    return file
