"""Where a number comes from, without persons and places."""

import getpass
import json
import platform
import re
import socket
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from vadlit.tracking import environment
from vadlit.tracking.environment import git_commit


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, by its own settings alone."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one commit, in place of the package's own."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file.txt").write_text("one\n")
    git(tmp_path, "add", "file.txt")
    git(tmp_path, "commit", "--quiet", "--no-gpg-sign", "-m", "One")
    monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
    return tmp_path


def test_the_commit_of_a_clean_checkout(checkout: Path) -> None:
    (checkout / "untracked.txt").write_text("results\n")
    assert git_commit() == git(checkout, "rev-parse", "HEAD")


def test_a_changed_checkout_is_dirty(checkout: Path) -> None:
    (checkout / "file.txt").write_text("two\n")
    assert git_commit() == git(checkout, "rev-parse", "HEAD") + "-dirty"


def test_no_commit_outside_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
    assert git_commit() is None


def test_no_commit_in_an_empty_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "--quiet")
    monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
    assert git_commit() is None


def test_no_commit_without_git(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert git_commit() is None


def test_versions_and_machine() -> None:
    found = json.loads(json.dumps(environment.environment(), allow_nan=False))
    assert found["python"] == platform.python_version()
    assert found["versions"]["torch"] == version("torch")
    assert found["versions"]["mlflow"] == version("mlflow")
    assert found["machine"]["cores"] >= 1
    assert set(found["machine"]) == {"system", "cpu", "cores", "gpu"}


def test_neither_persons_nor_places() -> None:
    text = json.dumps(environment.environment())
    words = re.findall(r"[\w.-]+", text)
    assert socket.gethostname() not in words
    assert getpass.getuser() not in words
    assert not re.search(r'"(/|[A-Z]:\\)', text)
    assert str(Path.home()) + "/" not in text
