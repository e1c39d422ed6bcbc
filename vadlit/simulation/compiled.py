"""The one door to numba, which has no types of its own."""

from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_numba: Any = import_module("numba")

prange: type[range] = _numba.prange
# OpenMP's threads wait by spinning: on a busy machine small pictures took five times as long.
_numba.config.THREADING_LAYER = "workqueue"

# Sums may be reordered, but infinities and NaN keep their meaning.
_FAST = {"reassoc", "contract", "arcp", "nsz"}
_SOURCES = (
    "compiled",
    "tables",
    "rays",
    "light",
    "kernel",
    "tile",
    "still",
    "beams",
    "shade",
    "belt",
    "develop",
    "frame",
    "sensor",
)


def compiled(function: F) -> F:
    """Compile at the first call, and keep the result on disk for the next process."""
    return _compile(function, parallel=False)


def compiled_in_parallel(function: F) -> F:
    """Compile as `compiled` does, with every `prange` loop shared by the cores."""
    return _compile(function, parallel=True)


def _compile(function: F, *, parallel: bool) -> F:
    options = {"fastmath": _FAST, "parallel": parallel, "error_model": "numpy"}
    if not parallel:
        # Nothing is allocated in there: counting references would take a third of the time.
        options["_nrt"] = False
        # An array is passed as seven numbers or more: a call costs as much as what it calls.
        options["forceinline"] = True
    try:
        kernel: Any = _numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba finds no folder that it may write to
        kernel = _numba.njit(**options)(function)
    else:
        # By itself numba looks at a function's own file, and misses changes to those it calls.
        kernel._cache._cache_file._source_stamp = _STAMP
    compiled_function: F = kernel
    return compiled_function


def _stamp() -> str:
    folder = Path(__file__).parent
    return sha256(b"".join((folder / f"{name}.py").read_bytes() for name in _SOURCES)).hexdigest()


_STAMP = _stamp()
