"""Artifacts come back as they went."""

from pathlib import Path

import pytest

from vadlit.errors import UserError
from vadlit.tracking.fetch import fetch
from vadlit.tracking.run import track


def test_a_file_and_a_folder_come_back(uri: str, tmp_path: Path) -> None:
    with track(uri, "fetch", "one") as tracker:
        tracker.log_text("checkpoints/best.ckpt", "weights")
    file = fetch(uri, tracker.run_id, "checkpoints/best.ckpt", tmp_path)
    assert file.read_text() == "weights"
    assert file.is_relative_to(tmp_path)
    folder = fetch(uri, tracker.run_id, "checkpoints", tmp_path)
    assert (folder / "best.ckpt").read_text() == "weights"


def test_an_unknown_run_is_named(uri: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run missing in sqlite"):
        fetch(uri, "missing", "detector", tmp_path)


def test_an_unknown_artifact_is_named(uri: str, tmp_path: Path) -> None:
    with track(uri, "fetch", "one") as tracker:
        pass
    with pytest.raises(UserError, match=f"run {tracker.run_id} has no artifact detector"):
        fetch(uri, tracker.run_id, "detector", tmp_path)
