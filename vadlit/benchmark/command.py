"""A command of vadlit in a process of its own: what it takes from the start to the end."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import perf_counter


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
    with TemporaryFile("w+") as output:
        start = perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "vadlit.cli", *arguments],
            env=os.environ | dict(environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        taken = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"vadlit {' '.join(arguments)} failed:\n{text}")
    unit = 2**30 if sys.platform == "darwin" else 2**20
    return Command(taken, usage.ru_maxrss / unit, text)
