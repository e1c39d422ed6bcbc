"""Drawn pictures and the files that the tests write of them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.video.stream import VideoStream

from vadlit.video.file import VideoFile

CODEC_TOLERANCE = 8  # of 255, on flat colours

Image = npt.NDArray[np.uint8]

HEIGHT, WIDTH, RATE = 64, 96, 25
RED, GREEN, BLUE, LIGHT = (200, 40, 30), (30, 170, 60), (40, 50, 210), (240, 240, 235)
# Of luma, red and blue: ITU-R BT.601-7 and BT.709-6.
BT601, BT709 = (0.299, 0.114), (0.2126, 0.0722)


def drawn(number: int, height: int = HEIGHT, width: int = WIDTH) -> Image:
    """Four colours, one a quarter, around a grey patch as light as the number is high."""
    image = np.empty((height, width, 3), np.uint8)
    y, x = height // 2, width // 2
    image[:y, :x], image[:y, x:], image[y:, :x], image[y:, x:] = RED, GREEN, BLUE, LIGHT
    image[y - 8 : y + 8, x - 8 : x + 8] = 20 + 10 * number
    return image


def number_of(image: Image) -> int:
    """Read a picture's number from its patch."""
    y, x = image.shape[0] // 2, image.shape[1] // 2
    return round((float(image[y - 4 : y + 4, x - 4 : x + 4].mean()) - 20) / 10)


def corners(image: Image) -> npt.NDArray[np.float64]:
    """The mean colours of the four corners in reading order: (4, 3)."""
    n = 12
    parts = [image[:n, :n], image[:n, -n:], image[-n:, :n], image[-n:, -n:]]
    return np.array([part.mean((0, 1)) for part in parts])


def yuv(image: Image, kr_kb: tuple[float, float], *, full: bool) -> Image:
    """Convert RGB to planar 4:2:0 by the formulas of ITU-R BT.601 and BT.709: (1.5 H, W)."""
    kr, kb = kr_kb
    r, g, b = np.moveaxis(image / 255, -1, 0)
    y = kr * r + (1 - kr - kb) * g + kb * b
    scale_y, offset, scale_c = (255, 0, 255) if full else (219, 16, 224)
    chroma = [(b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)]
    halved = [128 + scale_c * c.reshape(c.shape[0] // 2, 2, -1, 2).mean((1, 3)) for c in chroma]
    flat = np.concatenate([(offset + scale_y * y).ravel(), *(c.ravel() for c in halved)])
    return flat.round().clip(0, 255).astype(np.uint8).reshape(-1, image.shape[1])


def pictures(count: int, height: int = HEIGHT, width: int = WIDTH) -> list[av.VideoFrame]:
    """The first drawn pictures as PyAV's frames."""
    images = (drawn(number, height, width) for number in range(count))
    return [av.VideoFrame.from_ndarray(image, format="rgb24") for image in images]


def encode(
    path: Path,
    codec: str,
    frames: Sequence[av.VideoFrame],
    *,
    pixels: str = "yuv420p",
    stamps: Sequence[int] | None = None,
    base: Fraction = Fraction(1, RATE),
    options: Mapping[str, str] | None = None,
    movflags: str = "",
    container: str | None = None,
    matrix: Sequence[int] | None = None,
    colour: tuple[int, int] = (2, 0),
) -> Path:
    """Write frames with PyAV.

    Args:
        stamps: Their time stamps in units of `base`; 0, 1, 2, ... for None.
        matrix: The display matrix, nine numbers.
        colour: Matrix and range as ITU-T H.273 and FFmpeg number them; (2, 0) leaves both open.
    """
    flags = {"movflags": movflags} if movflags else {}
    with av.open(str(path), "w", format=container, options=flags) as file:
        rate = round(1 / base) if stamps is None else 1000
        stream = file.add_stream(codec, rate=rate, options=dict(options or {}))
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = frames[0].height, frames[0].width, pixels
        stream.codec_context.colorspace, stream.codec_context.color_range = colour
        stream.codec_context.time_base = base
        if matrix is not None:
            stream.set_display_matrix(matrix)
        for number, frame in enumerate(frames):
            frame.pts = number if stamps is None else stamps[number]
            frame.time_base = base
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def packets(path: Path) -> list[tuple[int, int]]:
    """Where each video packet of a file lies: offset and size."""
    with av.open(str(path)) as file:
        found = [(p.pos, p.size) for p in file.demux(video=0) if p.size]
    return [(pos, size) for pos, size in found if pos is not None]


def intra(path: Path, count: int, movflags: str = "faststart") -> Path:
    """Write H.264 of key frames alone, so that none needs another."""
    return encode(
        path, "libx264", pictures(count), options={"g": "1", "bf": "0"}, movflags=movflags
    )


def sound(path: Path) -> Path:
    """Write a file of sound alone."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def assert_as_drawn(video: VideoFile, count: int, tolerance: float = CODEC_TOLERANCE) -> None:
    """Check a file of the first drawn pictures: order, count, times, colours."""
    frames = list(video.frames())
    assert [frame.index for frame in frames] == list(range(count))
    assert len(video) == count
    assert [number_of(frame.image) for frame in frames] == list(range(count))
    assert [frame.time for frame in frames] == pytest.approx([n / RATE for n in range(count)])
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        expected = corners(drawn(frame.index, *frame.image.shape[:2]))
        assert np.abs(corners(frame.image) - expected).max() <= tolerance
    assert video.skipped == 0
