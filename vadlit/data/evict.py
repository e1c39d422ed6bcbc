"""The cache as a whole: what it holds, and letting go of what was not used for longest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from filelock import FileLock, Timeout

from vadlit.data.cache import LOCK, writing_cache

# The name of an event's folder; the rest of a folder called a cache may be anything.
_EVENT = re.compile("[0-9a-f]{24}")


@dataclass(frozen=True)
class Entry:
    """What is kept of an event.

    Attributes:
        folder: Where.
        size: Bytes.
        used: When it was opened last, seconds since 1970.
    """

    folder: Path
    size: int
    used: float


def entries(root: Path) -> list[Entry]:
    """What a cache holds, the longest unused first; nothing where there is no cache."""
    folders = root.iterdir() if root.is_dir() else ()
    events = (folder for folder in folders if _EVENT.fullmatch(folder.name))
    held = [_entry(folder) for folder in events if (folder / LOCK).is_file()]
    return sorted((entry for entry in held if entry.size), key=lambda entry: entry.used)


def to_remove(held: Sequence[Entry], keep: float) -> list[Entry]:
    """The longest unused of a cache, so many that at most `keep` bytes stay.

    Args:
        held: The longest unused first.
        keep: Bytes, at least 0.
    """
    onwards = [*accumulate(reversed([entry.size for entry in held]))][::-1]
    return [entry for entry, size in zip(held, onwards, strict=True) if size > keep]


def remove(entry: Entry) -> bool:
    """Remove what is kept of an event; False where it is being built at the moment.

    Who reads it goes on: the system keeps an open file until it is closed. The lock stays, for
    somebody may be waiting for it.

    Raises:
        UserError: The disk refuses.
    """
    with writing_cache(entry.folder.parent):
        try:
            with FileLock(entry.folder / LOCK, timeout=0):
                for file in _files(entry.folder):
                    file.unlink(missing_ok=True)
        except Timeout:
            return False
    return True


def _entry(folder: Path) -> Entry:
    return Entry(folder, sum(map(_size, _files(folder))), (folder / LOCK).stat().st_mtime)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # a training has just renamed or removed it
        return 0


def _files(folder: Path) -> list[Path]:
    """Arrays, and what a killed build has left of them."""
    return [file for file in folder.iterdir() if file.name.endswith((".npy", ".npy.part"))]
