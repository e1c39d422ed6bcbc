import os
import subprocess
import sys

import pytest

from vadlit import __version__
from vadlit.cli import COMMANDS, WATCHING, main


def vadlit(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "vadlit.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command(arguments: list[str]) -> None:
    done = vadlit(*arguments)
    assert done.returncode == 0
    for command in COMMANDS:
        assert command in done.stdout


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], {"torch", "hydra", "mlflow", "numpy"}),
        (["train", "--help"], {"torch", "mlflow", "numpy"}),
    ],
)
def test_help_imports_no_heavy_package(arguments: list[str], heavy: set[str]) -> None:
    code = f"""
import atexit, os, sys
from vadlit.cli import WATCHING, main
atexit.register(lambda: print(sorted({heavy} & set(sys.modules))))
os.environ.update(WATCHING)  # as in a process that was started anew for them
sys.argv[1:] = {arguments}
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["simulate", "--help"]])
def test_a_reader_that_has_seen_enough_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "vadlit.cli", *arguments]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_version() -> None:
    assert vadlit("--version").stdout.strip() == f"vadlit {__version__}"


def test_unknown_command() -> None:
    done = vadlit("trane")
    assert done.returncode == 2
    allowed = ", ".join(COMMANDS)
    assert done.stderr == f"vadlit: trane is no command; allowed are {allowed}.\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str) -> None:
    done = vadlit(command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"# vadlit {command}: ")
    assert f"vadlit {command} --cfg job --resolve" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="these settings are of Linux's allocator")
def test_only_the_threads_of_a_detector_share_a_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    begun_anew: list[str] = []

    def execv(*_: object) -> None:
        begun_anew.append(os.environ.get("MALLOC_ARENA_MAX", "as it was"))
        raise SystemExit

    monkeypatch.setattr(os, "execv", execv)
    for command in ("detect", "train"):
        with monkeypatch.context() as context:
            others = {k: v for k, v in os.environ.items() if k not in WATCHING}
            context.setattr(os, "environ", others)
            context.setattr(sys, "argv", ["vadlit", command])
            with pytest.raises(SystemExit):
                main()
    assert begun_anew == ["1", "as it was"]
