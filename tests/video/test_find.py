import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from vadlit.errors import UserError
from vadlit.video.find import footage_in


def test_what_a_folder_holds_is_videos_and_folders_of_frames(tmp_path: Path) -> None:
    for name in ("b.mp4", "a.AVI", ".hidden.mp4", "notes.txt", "frames/1.png", "found/x/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in footage_in(tmp_path)] == ["a.AVI", "b.mp4", "frames"]
    for itself in (tmp_path / "b.mp4", tmp_path / "frames"):
        assert footage_in(itself) == [itself]
    with pytest.raises(UserError, match="holds neither frames nor videos nor folders of them"):
        footage_in(tmp_path / "found")


def test_a_data_set_that_was_prepared_is_no_footage(tmp_path: Path) -> None:
    (tmp_path / "line.mp4").touch()
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "roi.png").touch()
    (tmp_path / "set" / "prepared.json").touch()
    assert footage_in(tmp_path) == [tmp_path / "line.mp4"]
    with pytest.raises(UserError, match="holds neither frames nor videos nor folders of them"):
        footage_in(tmp_path / "set")


def test_a_folder_that_may_not_be_read_is_no_footage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "a.mp4").touch()
    read = Path.iterdir

    def guarded(path: Path) -> Iterator[Path]:
        if path.name == "lost+found":
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "iterdir", guarded)
    assert footage_in(tmp_path) == [tmp_path / "a.mp4"]
    with pytest.raises(UserError, match=r"lost\+found cannot be read: Permission denied\."):
        footage_in(tmp_path / "lost+found")
