"""How the simulation's functions are compiled: alone, or with loops that the cores share."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from vadlit import compiling

F = TypeVar("F", bound=Callable[..., Any])

prange: type[range] = compiling.numba.prange
# OpenMP's threads wait by spinning: on a busy machine small pictures took five times as long.
compiling.numba.config.THREADING_LAYER = "workqueue"

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
    return compiling.compiled(
        function,
        _STAMP,
        # Nothing is allocated in there: counting references would take a third of the time.
        _nrt=False,
        # An array is passed as seven numbers or more: a call costs as much as what it calls.
        forceinline=True,
    )


def compiled_in_parallel(function: F) -> F:
    """Compile as `compiled` does, with every `prange` loop shared by the cores."""
    return compiling.compiled(function, _STAMP, parallel=True)


def _stamp() -> str:
    # By itself numba looks at a function's own file, and misses changes to those it calls.
    folder = Path(__file__).parent
    sources = (Path(compiling.__file__), *(folder / f"{name}.py" for name in _SOURCES))
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


_STAMP = _stamp()
