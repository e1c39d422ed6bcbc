"""Where a number comes from: commit, versions and machine, and nothing about persons or paths."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("vadlit", "torch", "torchvision", "pytorch-lightning", "mlflow", "kornia", "numpy")


def environment() -> dict[str, object]:
    """Describe the program and the machine, ready for JSON."""
    return {
        "git_commit": git_commit(),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "machine": machine(),
    }


def machine() -> dict[str, object]:
    """Processor, cores in reach and graphics card."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "gpu": gpu,
    }


def git_commit() -> str | None:
    """The checkout's commit, with `-dirty` unless its files are known not to differ from it.

    None outside a checkout.
    """
    if not (CHECKOUT / ".git").exists():
        return None
    commit = _git("rev-parse", "HEAD")
    if not commit:
        return None
    differ = _git("status", "--porcelain", "--untracked-files=no")
    return commit if differ == "" else f"{commit}-dirty"


def _git(*arguments: str) -> str | None:
    """What git prints; None where it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(CHECKOUT), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    """The processor's name; platform.processor() is empty on most Linux systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
