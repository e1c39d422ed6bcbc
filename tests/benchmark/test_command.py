from pathlib import Path

import numpy as np
import pytest

from vadlit.benchmark.command import run


def test_a_command_is_timed_and_heard() -> None:
    took = run("--version")
    assert took.output.startswith("vadlit ")
    assert 0 < took.seconds < 60


def test_memory_is_the_command_s_own_and_not_that_of_who_starts_it() -> None:
    held = np.ones(2**29 // 8)
    assert run("--version").peak < 0.2
    assert held.any()


def test_a_failure_says_what_the_command_said() -> None:
    with pytest.raises(RuntimeError, match=r"vadlit trian failed:\nvadlit: trian is no command"):
        run("trian")


def test_an_environment_is_handed_on(tmp_path: Path) -> None:
    assert str(tmp_path) in run("cache", environment={"VADLIT_CACHE": str(tmp_path)}).output
