from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tests.video.corpus import (
    BT601,
    BT709,
    CODEC_TOLERANCE,
    HEIGHT,
    WIDTH,
    Image,
    assert_as_drawn,
    corners,
    drawn,
    encode,
    pictures,
    yuv,
)
from vadlit.video.file import VideoFile


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize(
    ("weights", "tag"), [(BT601, 5), (BT601, 6), (BT709, 1)], ids=["601-625", "601-525", "709"]
)
@pytest.mark.parametrize("interlaced", [False, True], ids=["progressive", "interlaced"])
def test_matrix_and_range_are_as_the_file_says(
    tmp_path: Path, weights: tuple[float, float], tag: int, *, full: bool, interlaced: bool
) -> None:
    planes = [yuv(drawn(n), weights, full=full) for n in range(3)]
    frames = [av.VideoFrame.from_ndarray(plane, format="yuv420p") for plane in planes]
    for frame in frames:
        frame.colorspace, frame.color_range = tag, 2 if full else 1
    options = {"crf": "5"} | ({"x264-params": "interlaced=1"} if interlaced else {})
    path = encode(
        tmp_path / "a.mp4", "libx264", frames, options=options, colour=(tag, 2 if full else 1)
    )
    assert_as_drawn(VideoFile.open(path), 3, tolerance=4)


def test_without_tags_it_is_bt601_in_limited_range(tmp_path: Path) -> None:
    planes = [yuv(drawn(n), BT601, full=False) for n in range(3)]
    frames = [av.VideoFrame.from_ndarray(plane, format="yuv420p") for plane in planes]
    path = encode(tmp_path / "a.mp4", "libx264", frames, options={"crf": "5"})
    assert_as_drawn(VideoFile.open(path), 3, tolerance=4)


@pytest.mark.parametrize("codec", ["libx264", "ffv1"])
def test_grey_is_three_equal_channels(tmp_path: Path, codec: str) -> None:
    ramp = np.tile(np.linspace(0, 255, WIDTH, dtype=np.uint8), (HEIGHT, 1))
    frame = av.VideoFrame.from_ndarray(ramp, format="gray")
    path = encode(
        tmp_path / "a.mkv", codec, [frame], pixels="gray", options={"crf": "5"}, colour=(2, 2)
    )
    (image,) = VideoFile.open(path)
    assert np.abs(image.astype(int) - ramp[..., None]).max() <= 3


# Display matrices as cameras write them (ISO/IEC 14496-12): a step right, a step down in the
# stored picture moves (right, down) by these on the screen. 16.16 and 2.30 fixed point.
ONE, UNIT = 1 << 16, 1 << 30


TURNS: dict[str, tuple[tuple[int, int, int, int], Callable[[Image], Image]]] = {
    "none": ((1, 0, 0, 1), lambda image: image),
    "clockwise": ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),
    "upside down": ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
    "counterclockwise": ((0, -1, 1, 0), lambda image: np.rot90(image)),
    "mirrored": ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
    "flipped": ((1, 0, 0, -1), lambda image: image[::-1]),
    "transposed": ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2)),
    "transverse": ((0, -1, -1, 0), lambda image: np.rot90(image, 2).transpose(1, 0, 2)),
}


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("interlaced", [False, True], ids=["progressive", "interlaced"])
def test_pictures_stand_upright(tmp_path: Path, turn: str, *, interlaced: bool) -> None:
    (a, b, c, d), shown = TURNS[turn]
    matrix = [a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, UNIT]
    options = {"x264-params": "interlaced=1"} if interlaced else {}
    path = encode(tmp_path / "a.mp4", "libx264", pictures(3), matrix=matrix, options=options)
    for number, image in enumerate(VideoFile.open(path)):
        expected = shown(drawn(number))
        assert image.shape == expected.shape
        assert image.flags.c_contiguous
        assert np.abs(corners(image) - corners(expected)).max() <= CODEC_TOLERANCE
