"""A camera's table grows line by line, and stays however the camera ends."""

import json
import os
import signal
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.detection.footage import FRAMES, RATE, copying, pictures
from vadlit.detection.detect import Detection, detect
from vadlit.detection.settings import Settings
from vadlit.detection.source import Source
from vadlit.errors import UserError
from vadlit.video.frame import Frame


class Camera:
    """Gives the pictures, and ends by an exception or a signal."""

    name = "camera 0"
    files: ClassVar[tuple[Path, ...]] = ()
    frame_rate = None
    expected = None
    skipped = 0

    def __init__(self, end: Callable[[], object], count: int = FRAMES) -> None:
        self.end = end
        self.count = count

    def frames(self) -> Generator[Frame, None, None]:
        for number, picture in enumerate([*pictures()][: self.count]):
            yield Frame(number, number / RATE, picture)
        self.end()


def unplugged() -> None:
    raise UserError("unplugged")


def interrupted() -> None:
    raise KeyboardInterrupt


def terminated() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1)  # while it is being closed


CAMERA = Source("camera-0", "0")


def watched(out: Path, *sources: Source) -> Detection:
    return detect(copying(), "a", Settings(sources, out, "trained", "trained", None, {}))


@pytest.mark.parametrize(
    ("end", "broken", "unread"),
    [(unplugged, True, 0), (interrupted, False, 0), (terminated, False, 6)],
)
def test_what_was_seen_stays(
    end: Callable[[], object],
    broken: bool,
    unread: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Source, "open", lambda *_: Camera(end))
    found = watched(tmp_path, CAMERA)
    assert found.broken == ({"camera-0": "unplugged"} if broken else {})
    frames = found.found["camera-0"]["frames"]
    assert FRAMES - 4 - unread <= frames <= FRAMES - 4
    assert len(found.found["camera-0"]["alarms"]) == 1
    assert "camera-0: alarm at 1.2 s" in capsys.readouterr().err.splitlines()
    assert len((tmp_path / "scores" / "camera-0.csv").read_text().splitlines()) == frames + 1
    assert len((tmp_path / "alarms.csv").read_text().splitlines()) == 2
    assert list(json.loads((tmp_path / "detect.json").read_text())["found"]) == ["camera-0"]


def test_each_row_is_there_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, table = [], tmp_path / "scores" / "camera-0.csv"

    class Watched(Camera):
        def frames(self) -> Generator[Frame, None, None]:
            for frame in super().frames():
                seen.append(len(table.read_text().splitlines()) if table.exists() else 0)
                yield frame

    monkeypatch.setattr(Source, "open", lambda *_: Watched(unplugged))
    watched(tmp_path, CAMERA)
    # Frames are read at most six ahead of the row that is being made.
    assert all(lines >= number - 4 - 6 for number, lines in enumerate(seen))


def test_watched_again_it_has_a_table_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Source, "open", lambda *_: Camera(interrupted))
    for name in ("camera-0", "camera-0-2", "camera-0-3"):
        assert list(watched(tmp_path, CAMERA).found) == [name]
    alarms = (tmp_path / "alarms.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in alarms[1:]] == [
        "camera-0",
        "camera-0-2",
        "camera-0-3",
    ]


def test_of_one_that_shows_nothing_there_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Source, "open", lambda *_: Camera(unplugged, 4))
    found = watched(tmp_path, CAMERA)
    assert (found.found, found.broken) == ({}, {"camera-0": "unplugged"})
    assert [*(tmp_path / "scores").iterdir()] == []


def test_stopping_it_is_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Source, "open", lambda *_: Camera(interrupted))
    assert list(watched(tmp_path, CAMERA, Source("camera-1", "1")).found) == ["camera-0"]
