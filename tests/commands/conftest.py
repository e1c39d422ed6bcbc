"""One small sweep through the command line, which many tests look at."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vadlit.cli import WATCHING, main

Vadlit = Callable[..., "subprocess.CompletedProcess[str]"]
Mistake = Callable[..., str]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the runs and the cache of a test session."""
    return tmp_path_factory.mktemp("workplace")


@pytest.fixture(scope="session")
def vadlit(workplace: Path) -> Vadlit:
    """Run `vadlit ARGUMENTS` in a process of its own."""

    def call(*arguments: str, runs: Path | None = None) -> "subprocess.CompletedProcess[str]":
        places = {
            "VADLIT_RUNS": str(runs or workplace / "runs"),
            "VADLIT_CACHE": str(workplace / "cache"),
        }
        return subprocess.run(
            [sys.executable, "-m", "vadlit.cli", *arguments],
            env=os.environ | places,
            cwd=workplace,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def mistake(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Mistake:
    """Run `vadlit ARGUMENTS` in this process; return what it tells a person who is wrong."""

    def call(*arguments: str) -> str:
        for name, value in {
            **WATCHING,
            "HYDRA_FULL_ERROR": "1",
            "VADLIT_RUNS": str(workplace / "mistakes"),
            "VADLIT_CACHE": str(workplace / "cache"),
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["vadlit", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 2
        told = capsys.readouterr()
        assert told.out == ""
        (line,) = told.err.splitlines()
        assert line.startswith("vadlit: ")
        return line

    return call


@pytest.fixture(scope="session")
def tiny(ped2_repack: Path) -> list[str]:
    """Settings that train on synthetic Ped2 in a second."""
    return [
        f"data.root={ped2_repack}",
        "data.size=[32,64]",
        "data.held_out=['04']",
        "data.sequences=8",
        "data.batch_size=4",
        "trainer.max_epochs=1",
        "trainer.accelerator=cpu",
        "study=tiny",
        "score=thesis",
        "window=3",
    ]


@pytest.fixture(scope="session")
def sweep(vadlit: Vadlit, tiny: list[str]) -> "subprocess.CompletedProcess[str]":
    """Two decoders, with and without augmentation."""
    return vadlit("train", "-m", *tiny, "model=base,skiptwice", "augmentation=none,general")
