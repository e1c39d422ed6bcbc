"""One process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vadlit.errors import UserError


@contextmanager
def claimed(lock: Path, use: str) -> Iterator[None]:
    """Keep a second process out; one that is killed gives its claim back.

    Args:
        lock: A file; its folder exists.
        use: What is done while it is held, as in "FOLDER is being written".

    Raises:
        UserError: Another process holds it.
        OSError: The disk refuses.
    """
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise UserError(f"{use} by another process; allowed is one at a time.") from error
    try:
        yield
    finally:
        held.release()
