from pathlib import Path

import pytest

from tests.detection.footage import write_frames, write_video
from vadlit.detection.source import Source, sources
from vadlit.errors import UserError


def test_a_folder_is_all_that_lies_in_it(tmp_path: Path) -> None:
    video, frames = write_video(tmp_path / "b.mp4"), write_frames(tmp_path / "a")
    (tmp_path / "notes.txt").touch()
    both = (Source("a", frames), Source("b", video))
    assert sources(str(tmp_path)) == both
    assert sources([str(frames), str(video)]) == both
    assert sources(str(frames)) == both[:1]


def test_a_number_is_a_camera_and_an_address_a_stream() -> None:
    found = sources([0, "rtsp://user:secret@10.0.0.7:554/line 1"])
    assert [source.name for source in found] == ["camera-0", "rtsp-10.0.0.7-554-line-1"]
    assert all(source.live for source in found)
    assert found[0].open(None, None).frame_rate is None


def test_a_file_may_be_called_like_a_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_frames(tmp_path / "3")
    monkeypatch.chdir(tmp_path)
    assert sources(3) == (Source("3", Path("3")),)


def test_the_rate_of_a_folder(tmp_path: Path) -> None:
    source = Source("a", write_frames(tmp_path / "a"))
    assert source.open(None, 25.0).frame_rate == 10
    assert source.open(5.0, None).frame_rate == 5
    assert len(list(source.open(5.0, None).frames())) == 15
    (tmp_path / "a" / "labels.json").unlink()
    assert source.open(None, 25.0).frame_rate == 25
    # Without labels the rate that is asked for is that of the folder.
    assert len(list(source.open(5.0, 25.0).frames())) == 30


def test_the_rate_of_a_video(tmp_path: Path) -> None:
    source = Source("a", write_video(tmp_path / "a.mp4"))
    assert source.open(None, 25.0).frame_rate == 10
    assert source.open(5.0, None).frame_rate == 5


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "source is None; allowed is a video"),
        ([], r"source is \[\]"),
        ([None], "source is"),
        ("/nowhere.mp4", "There is no footage /nowhere.mp4"),
        ("gopher://a", "The protocol of gopher://a is gopher"),
    ],
)
def test_mistakes(value: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        sources(value)


def test_two_of_one_name(tmp_path: Path) -> None:
    paths = [str(write_frames(tmp_path / place / "line")) for place in ("a", "b")]
    with pytest.raises(UserError, match=r"a/line and .*b/line would write tables of one name"):
        sources(paths)
