"""A command of vadlit in a process of its own: what it takes from the start to the end."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

# By its path, and apart from the modules beside it: nothing is imported that would take room.
STARTER = [sys.executable, "-P", str(Path(__file__).with_name("starter.py"))]


@dataclass(frozen=True)
class Command:
    """What a command took.

    Args:
        seconds: On the clock.
        peak: Most resident memory, GiB, files that are mapped included.
        output: What it wrote to stdout and stderr.
    """

    seconds: float
    peak: float
    output: str


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Command:
    """Run `vadlit ARGUMENTS` to its end.

    Raises:
        RuntimeError: It failed; the message is what it wrote.
    """
    with TemporaryDirectory() as scratch:
        output = Path(scratch) / "output"
        command = [sys.executable, "-m", "vadlit.cli", *arguments]
        told = subprocess.run(
            [*STARTER, str(output), *command],
            env=os.environ | dict(environment or {}),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        text = output.read_text(encoding="utf-8", errors="replace")
    took = json.loads(told)
    if took["code"]:
        raise RuntimeError(f"vadlit {' '.join(arguments)} failed:\n{text}")
    return Command(took["seconds"], took["peak"], text)
