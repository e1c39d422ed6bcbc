"""A camera's table grows line by line, and stays however the camera ends."""

from collections.abc import Generator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.detection.footage import FRAMES, RATE, copying, pictures
from vadlit.detection.detect import detect
from vadlit.detection.settings import Settings
from vadlit.detection.source import Source
from vadlit.errors import UserError
from vadlit.video.frame import Frame


class Camera:
    """Gives the pictures, and ends by an exception."""

    name = "camera 0"
    files: ClassVar[tuple[Path, ...]] = ()
    frame_rate = None
    expected = None
    skipped = 0

    def __init__(self, end: BaseException) -> None:
        self.end = end

    def frames(self) -> Generator[Frame, None, None]:
        for number, picture in enumerate(pictures()):
            yield Frame(number, number / RATE, picture)
        raise self.end


@pytest.mark.parametrize(
    ("end", "broken"), [(UserError("unplugged"), True), (KeyboardInterrupt(), False)]
)
def test_what_was_seen_stays(
    end: BaseException,
    broken: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Source, "open", lambda *_: Camera(end))
    camera = (Source("camera-0", "0"),)
    made = Settings(camera, tmp_path, "trained", "trained", None, {})
    found = detect(copying(), "a", made)
    assert found.broken == ({"camera-0": "unplugged"} if broken else {})
    assert found.found["camera-0"]["frames"] == FRAMES - 4
    assert len(found.found["camera-0"]["alarms"]) == 1
    assert "camera-0: alarm at 1.2 s" in capsys.readouterr().err.splitlines()
    assert len((tmp_path / "scores" / "camera-0.csv").read_text().splitlines()) == FRAMES - 3


def test_each_row_is_there_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Watched(Camera):
        def frames(self) -> Generator[Frame, None, None]:
            for frame in super().frames():
                table = tmp_path / "scores" / "camera-0.csv"
                seen.append(len(table.read_text().splitlines()))
                yield frame

    monkeypatch.setattr(Source, "open", lambda *_: Watched(UserError("unplugged")))
    camera = (Source("camera-0", "0"),)
    detect(copying(), "a", Settings(camera, tmp_path, "trained", "trained", None, {}))
    # Frames are read at most six ahead of the row that is being made.
    assert all(lines >= number - 4 - 6 for number, lines in enumerate(seen))
