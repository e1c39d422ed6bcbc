from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.data.disk import room_for_files_of
from tests.data.footage import make_video
from vadlit.data.counts import count_frames
from vadlit.data.frames import Counted
from vadlit.errors import UserError
from vadlit.video.file import VideoFile


class Watched:
    """Footage that counts how often it is counted."""

    def __init__(self, *files: Path, count: int = 7) -> None:
        self.files = files
        self.count = count
        self.counted = 0

    def __len__(self) -> int:
        self.counted += 1
        return self.count

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        raise AssertionError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "cam.mp4"
    file.write_bytes(b"0123")
    return file


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "new" / "cache"


def test_a_video_is_counted_once(file: Path, cache: Path) -> None:
    first, second = Watched(file), Watched(file)
    assert count_frames(first, cache) == count_frames(second, cache) == 7
    assert (first.counted, second.counted) == (1, 0)


def test_another_or_a_changed_file_is_counted_anew(file: Path, cache: Path) -> None:
    count_frames(Watched(file), cache)
    file.write_bytes(b"01234")
    assert count_frames(Watched(file, count=8), cache) == 8
    other = file.with_name("other.mp4")
    other.write_bytes(b"01234")
    assert count_frames(Watched(other, count=9), cache) == 9


@pytest.mark.parametrize("content", ["", "seven", "\0\0"])
def test_a_damaged_count_is_counted_anew(file: Path, cache: Path, content: str) -> None:
    count_frames(Watched(file), cache)
    (kept,) = (cache / "counts").iterdir()
    kept.write_text(content)
    for expected in (1, 0):
        footage = Watched(file)
        assert count_frames(footage, cache) == 7
        assert footage.counted == expected


def test_a_missing_file_is_told(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(UserError, match=f"{tmp_path}/none.mp4 cannot be read: No such file"):
        count_frames(Watched(tmp_path / "none.mp4"), cache)


def test_a_full_disk_is_told_and_nothing_half_written_stays(file: Path, cache: Path) -> None:
    with room_for_files_of(0), pytest.raises(UserError, match=f"cache {cache} cannot be written"):
        count_frames(Watched(file), cache)
    assert list((cache / "counts").iterdir()) == []


def test_a_counted_video_yields_its_first_frames_anew_at_each_pass(
    tmp_path: Path, cache: Path
) -> None:
    video = VideoFile(make_video(tmp_path, "cam", 9))
    assert count_frames(video, cache) == 9
    counted = Counted(VideoFile(video.path), 6)
    assert len(counted) == 6
    assert counted.files == video.files
    for _ in range(2):
        frames = list(counted)
        assert len(frames) == 6
        assert all(map(np.array_equal, frames, video))
