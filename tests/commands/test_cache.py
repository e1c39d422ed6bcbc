import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Mistake
from tests.data.footage import MeanEncoder, make_event
from tests.data.stored import build
from vadlit.cli import WATCHING, main

Told = Callable[..., str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A cache of two events."""
    for name in "ab":
        build(tmp_path / "cache", make_event(tmp_path, name, 8), MeanEncoder())
    return tmp_path / "cache"


@pytest.fixture
def told(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """What `vadlit cache ARGUMENTS` prints."""
    for name, value in {**WATCHING, "HYDRA_FULL_ERROR": "1", "VADLIT_CACHE": str(root)}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["vadlit", "cache", *arguments])
        main()
        return capsys.readouterr().out

    return call


def test_the_cache_is_described_and_emptied(root: Path, told: Told) -> None:
    size = sum(file.stat().st_size for file in root.rglob("*.npy"))
    before = json.loads(told("--json"))
    assert (before["events"], before["bytes"], before["removed_events"]) == (2, size, 0)
    half = json.loads(told(f"keep={size / 2e9:.9f}", "--json"))
    assert (half["events"], half["removed_events"]) == (1, 1)
    assert half["bytes"] + half["removed_bytes"] == size
    assert told("keep=0").startswith("Removed 1 events, ")
    assert f"{root} holds 0 events, 0.0 MB; " in told()
    assert not list(root.rglob("*.npy"))


@pytest.mark.parametrize("keep", ["-1", "much"])
def test_a_mistake_is_one_sentence(mistake: Mistake, keep: str) -> None:
    assert "keep is" in mistake("cache", f"keep={keep}")


def test_what_writes_no_results_makes_no_folder_of_them(
    told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VADLIT_RUNS", str(tmp_path / "runs"))
    assert "holds 2 events" in told()
    assert not (tmp_path / "runs").exists()
