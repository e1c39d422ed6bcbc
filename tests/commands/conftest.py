"""One small sweep through the command line, which many tests look at."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Vadlit = Callable[..., "subprocess.CompletedProcess[str]"]


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
        "window=3",
    ]


@pytest.fixture(scope="session")
def sweep(vadlit: Vadlit, tiny: list[str]) -> "subprocess.CompletedProcess[str]":
    """Two decoders, with and without augmentation."""
    return vadlit("train", "-m", *tiny, "model=base,skiptwice", "augmentation=none,general")
