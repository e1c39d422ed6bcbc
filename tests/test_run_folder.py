"""The same configuration finds its run again, and no other does."""

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vadlit.config import Config
from vadlit.errors import UserError
from vadlit.run_folder import RunFolder, fingerprint

HOLD = """
import sys
from vadlit.run_folder import RunFolder

config = {"name": "n", "study": "s", "runs": sys.argv[1], "trainer": {}, "data": {}}
with RunFolder(config).claimed():
    print("claimed", flush=True)
    sys.stdin.read()
"""

NEUTRAL: list[tuple[str, Any]] = [
    ("runs", "/elsewhere"),
    ("tracking.uri", "http://tracking"),
    ("trainer.resume", "auto"),
    ("data.cache", False),
    ("data.cache_dir", "/cache"),
    ("data.download", True),
    ("data.url", "http://mirror"),
    ("data.archive_bytes", 1),
    ("data.archive_sha256", "0"),
]
TELLING: list[tuple[str, Any]] = [
    ("seed", 1),
    ("window", 5),
    ("trainer.max_epochs", 3),
    ("trainer.precision", "bf16-mixed"),
    ("data.root", "/another/line"),
    ("data.size", [64, 32]),
    ("data.sequences", 9),
    ("model.before_first", 0.3),
    ("optimizer.lr", 0.1),
    ("encoder.weights", "other.pt"),
    ("loss.mse", 0.5),
]


def configuration(runs: Path) -> Config:
    """A configuration like that of a training."""
    return {
        "runs": str(runs),
        "study": "study",
        "name": "base-none-2",
        "seed": 0,
        "window": 10,
        "tracking": {"uri": "sqlite:///mlflow.db"},
        "trainer": {"max_epochs": 2, "precision": "32-true", "resume": "never"},
        "data": {
            "size": [32, 64],
            "sequences": 8,
            "root": "data",
            "cache": True,
            "cache_dir": "cache",
            "download": False,
            "url": "http://example.org",
            "archive_bytes": 10,
            "archive_sha256": "ab",
        },
        "model": {"before_first": 0.2},
        "optimizer": {"lr": 3e-4},
        "encoder": {"weights": "bundled"},
        "loss": {"mse": 0.6},
    }


def changed(config: Config, key: str, value: object) -> Config:
    """A copy with one setting changed, which is there already."""
    made = copy.deepcopy(config)
    *groups, name = key.split(".")
    node = made
    for group in groups:
        node = node[group]
    assert node[name] != value
    node[name] = value
    return made


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run with a checkpoint and an MLflow run."""
    made = RunFolder(configuration(tmp_path))
    made.path.mkdir(parents=True)
    made.begin("abc", None)
    made.checkpoints.mkdir()
    made.last.write_text("weights")
    return made


@pytest.mark.parametrize(("key", "value"), NEUTRAL)
def test_where_things_lie_tells_no_runs_apart(key: str, value: object, tmp_path: Path) -> None:
    config = configuration(tmp_path)
    assert fingerprint(changed(config, key, value)) == fingerprint(config)


@pytest.mark.parametrize(("key", "value"), TELLING)
def test_what_changes_the_result_tells_runs_apart(key: str, value: object, tmp_path: Path) -> None:
    config = configuration(tmp_path)
    assert fingerprint(changed(config, key, value)) != fingerprint(config)


def test_the_order_of_settings_does_not_matter(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    assert fingerprint(dict(reversed(config.items()))) == fingerprint(config)


def test_it_is_named_by_study_name_and_fingerprint(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    assert RunFolder(config).path == tmp_path / "study" / f"base-none-2-{fingerprint(config)}"
    assert len(fingerprint(config)) == 8


def going_on(folder: RunFolder, resume: str) -> tuple[str | None, Path | None]:
    return folder.run_id(resume), folder.checkpoint(resume)


def test_never_starts_anew(folder: RunFolder) -> None:
    assert going_on(folder, "never") == (None, None)
    # Not before all is known to be right: what a person has may be all they get.
    assert folder.last.exists()
    folder.begin("def", None)
    assert not folder.checkpoints.exists()
    assert going_on(folder, "auto") == ("def", None)


def test_never_in_a_new_folder(tmp_path: Path) -> None:
    new = RunFolder(configuration(tmp_path))
    assert going_on(new, "never") == (None, None)


def test_auto_goes_on(folder: RunFolder, tmp_path: Path) -> None:
    again = RunFolder(configuration(tmp_path))
    assert going_on(again, "auto") == ("abc", folder.checkpoints / "last.ckpt")


def test_auto_goes_on_before_the_first_checkpoint(folder: RunFolder) -> None:
    (folder.checkpoints / "last.ckpt").unlink()
    assert going_on(folder, "auto") == ("abc", None)


def test_auto_in_a_new_folder(tmp_path: Path) -> None:
    assert going_on(RunFolder(configuration(tmp_path)), "auto") == (None, None)


def test_a_broken_note_of_the_run_is_told(folder: RunFolder) -> None:
    (folder.path / "run.json").write_text("{")
    with pytest.raises(UserError, match=r"run\.json"):
        folder.run_id("auto")


def test_a_path_is_gone_on_from_in_a_new_run(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.ckpt").write_text("weights")
    assert going_on(folder, "other.ckpt") == (None, tmp_path / "other.ckpt")
    # What lies here is of another training.
    folder.begin("def", tmp_path / "other.ckpt")
    assert not folder.checkpoints.exists()


def test_what_it_goes_on_from_stays(folder: RunFolder) -> None:
    folder.begin("def", folder.checkpoints / "last.ckpt")
    assert going_on(folder, "auto") == ("def", folder.last)


@pytest.mark.parametrize("resume", ["missing.ckpt", "Auto", "", "."])
def test_anything_else_is_told(resume: str, folder: RunFolder) -> None:
    message = rf"trainer\.resume is {resume}; allowed are never, auto or the path"
    with pytest.raises(UserError, match=message):
        folder.checkpoint(resume)


def test_the_latest_run_is_remembered(folder: RunFolder) -> None:
    folder.begin("def", folder.last)
    assert folder.run_id("auto") == "def"


def test_a_second_claim_is_refused(tmp_path: Path) -> None:
    first, second = RunFolder(configuration(tmp_path)), RunFolder(configuration(tmp_path))
    with first.claimed():
        with (
            pytest.raises(UserError, match="is being trained by another process"),
            second.claimed(),
        ):
            pass
        other = RunFolder(changed(configuration(tmp_path), "seed", 1))
        with other.claimed():
            pass
    with second.claimed():
        pass


def test_a_failed_training_gives_its_claim_back(folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), folder.claimed():
        _ = 1 / 0
    with RunFolder(configuration(tmp_path)).claimed():
        pass


def test_a_killed_process_leaves_no_claim(tmp_path: Path) -> None:
    config = {"name": "n", "study": "s", "runs": str(tmp_path), "trainer": {}, "data": {}}
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "claimed\n"
        with pytest.raises(UserError, match="another process"), RunFolder(config).claimed():
            pass
        holder.kill()
    assert (RunFolder(config).path / "lock").exists()
    with RunFolder(config).claimed():
        pass
