from pathlib import Path

import pytest
from PIL import Image

from tests.video.corpus import encode, number_of, pictures
from vadlit.errors import UserError
from vadlit.video.file import VideoFile
from vadlit.video.folder import FrameFolder
from vadlit.video.footage import Footage, open_footage
from vadlit.video.live import Live


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A file of ten frames at 25 a second."""
    return encode(tmp_path / "belt.mp4", "libx264", pictures(10))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four black pictures."""
    (tmp_path / "line").mkdir()
    for number in range(4):
        Image.new("RGB", (6, 4)).save(tmp_path / "line" / f"{number}.png")
    return tmp_path / "line"


def times(footage: Footage) -> list[float]:
    return [frame.time for frame in footage.frames()]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file(video: Path, kind: type[str] | type[Path]) -> None:
    footage = open_footage(kind(video))
    assert isinstance(footage, VideoFile)
    assert (footage.name, footage.files, footage.skipped) == ("belt", (video,), 0)
    assert times(footage) == pytest.approx([n / 25 for n in range(10)])


def test_a_file_at_another_rate(video: Path) -> None:
    frames = list(open_footage(video, rate=5).frames())
    assert [number_of(frame.image) for frame in frames] == [0, 5]


def test_a_folder_is_at_30_frames_a_second(folder: Path) -> None:
    footage = open_footage(folder)
    assert isinstance(footage, FrameFolder)
    assert (footage.name, len(footage.files), footage.skipped) == ("line", 4, 0)
    assert times(footage) == pytest.approx([n / 30 for n in range(4)])


def test_a_rate_states_that_of_a_folder(folder: Path) -> None:
    assert times(open_footage(str(folder), rate=10)) == pytest.approx([0, 0.1, 0.2, 0.3])


@pytest.mark.parametrize("source", ["3", 3])
def test_a_number_is_a_camera(source: str | int) -> None:
    assert open_footage(source).name == "camera 3"


def test_a_path_of_digits_is_a_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    folder.rename("01")
    for source in (Path("01"), "./01"):
        assert open_footage(source).name == "01"


def test_an_address_is_a_stream() -> None:
    assert isinstance(open_footage("rtsp://camera/line"), Live)


def test_the_home_folder_is_found(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(video.parent))
    assert open_footage("~/belt.mp4").files == (video,)


@pytest.mark.parametrize("rate", [0, -5])
@pytest.mark.parametrize("source", ["belt.mp4", "line", "0"])
def test_a_rate_is_positive(video: Path, folder: Path, source: str, rate: float) -> None:
    path = source if source == "0" else video.parent / source
    with pytest.raises(UserError, match=f"rate is {rate}; allowed"):
        open_footage(path, rate)
