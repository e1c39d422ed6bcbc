"""The one door to numba, which has no types of its own."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

numba: Any = import_module("numba")

# Sums may be reordered, but infinities and NaN keep their meaning.
_FAST = {"reassoc", "contract", "arcp", "nsz"}


def compiled(function: F, stamp: str | None = None, **options: Any) -> F:
    """Compile at the first call, and keep the result on disk where numba may write to it.

    Args:
        function: Of numbers and arrays.
        stamp: Names the sources that it is made of; None where its own file is all of them, as
            numba takes it to be.
        options: More for numba.
    """
    options = {"fastmath": _FAST, "error_model": "numpy"} | options
    try:
        made: Any = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba finds no folder that it may write to
        made = numba.njit(**options)(function)
    else:
        if stamp is not None:
            made._cache._cache_file._source_stamp = stamp
    return cast(F, made)
