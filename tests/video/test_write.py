import resource
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.video.corpus import CODEC_TOLERANCE, assert_as_drawn, corners, drawn
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.write import VideoWriter


def write(path: Path, count: int = 12, size: tuple[int, int] = (64, 96), rate: float = 25) -> Path:
    with VideoWriter(path, size, rate) as writer:
        for number in range(count):
            writer.write(drawn(number, *size))
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert_as_drawn(VideoFile.open(write(tmp_path / "a.mp4")), 12)


def test_a_browser_can_play_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4")
    content = path.read_bytes()
    assert content[4:8] == b"ftyp"
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as file:
        (stream,) = file.streams.video
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        tags = (stream.colorspace, stream.color_primaries, stream.color_trc, stream.color_range)
        assert tags == (1, 1, 1, 1)  # BT.709, limited
        assert stream.frames == 12
        assert stream.average_rate == 25


def test_luma_is_that_of_bt709(tmp_path: Path) -> None:
    green = np.full((64, 64, 3), (0, 255, 0), np.uint8)
    with VideoWriter(tmp_path / "a.mp4", (64, 64), 25) as writer:
        writer.write(green)
    with av.open(str(tmp_path / "a.mp4")) as file:
        planes = next(file.decode(video=0)).to_ndarray()
    assert abs(float(planes[:64].mean()) - (16 + 219 * 0.7152)) <= 2


@pytest.mark.parametrize("size", [(65, 97), (64, 97), (65, 96)])
def test_odd_sides_repeat_their_last_row_or_column(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write(tmp_path / "a.mp4", 3, size)
    for number, image in enumerate(VideoFile.open(path)):
        assert image.shape == (size[0] + size[0] % 2, size[1] + size[1] % 2, 3)
        expected = corners(drawn(number, *size))
        assert np.abs(corners(image) - expected).max() <= CODEC_TOLERANCE
        edge = np.abs(image[-1].astype(int) - image[-2])
        assert np.median(edge) <= CODEC_TOLERANCE


@pytest.mark.parametrize("rate", [10, 29.97, 179 / 6, Fraction(30000, 1001), 0.5])
def test_times_follow_the_rate(tmp_path: Path, rate: float) -> None:
    path = write(tmp_path / "a.mp4", 12, rate=rate)
    times = [frame.time for frame in VideoFile.open(path).frames()]
    assert times == pytest.approx([n / rate for n in range(12)], abs=1e-3)


def test_the_same_frames_give_the_same_file(tmp_path: Path) -> None:
    assert write(tmp_path / "a.mp4").read_bytes() == write(tmp_path / "b.mp4").read_bytes()


def test_views_and_frames_that_cannot_be_written_to_are_taken(tmp_path: Path) -> None:
    wide = np.repeat(drawn(0), 2, axis=1)
    wide.flags.writeable = False
    with VideoWriter(tmp_path / "a.mp4", (64, 96), 25) as writer:
        writer.write(wide[:, ::2])
    assert_as_drawn(VideoFile.open(tmp_path / "a.mp4"), 1)


def test_it_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.mp4"
    with VideoWriter(path, (64, 96), 25) as writer:
        writer.write(drawn(0))
        assert not path.exists()
    assert [file.name for file in path.parent.iterdir()] == ["a.mp4"]


def failing(path: Path) -> None:
    with VideoWriter(path, (64, 96), 25) as writer:
        for _ in range(100):  # the encoder holds back some 50
            writer.write(drawn(0))
        assert writer._part.exists()
        raise KeyboardInterrupt


def test_after_an_error_nothing_new_is_left(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        failing(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_after_an_error_what_was_there_stays(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4")
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        failing(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes: what refuses to go on as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_noise(path: Path) -> None:
    with VideoWriter(path, (128, 128), 25) as writer:
        for image in np.random.default_rng(0).integers(0, 255, (60, 128, 128, 3), np.uint8):
            writer.write(image)


def test_a_disk_that_fills_up_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    told = r"a\.mp4 cannot be written: File too large\."
    with pytest.raises(UserError, match=told), room_for(100_000):
        write_noise(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_no_frames_are_no_video(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.mp4 has no frames; allowed is 1 or more\."):
        write(tmp_path / "a.mp4", 0)
    assert list(tmp_path.iterdir()) == []


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.avi; allowed is a name in \.mp4\."):
        VideoWriter(tmp_path / "a.avi", (64, 96), 25)


def test_a_place_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "a.mp4"
    with pytest.raises(UserError, match=rf"The video {path} cannot be written: "):
        write(path)
