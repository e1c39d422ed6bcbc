"""Files that are whole or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_or_nothing(file: Path) -> Iterator[Path]:
    """A hidden file beside `file` to write to, renamed to it on success, removed on any failure.

    Raises:
        OSError: The disk is full or refuses; what was there before stays.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(file)
    finally:
        with suppress(OSError):
            part.unlink()


def write_whole(file: Path, text: str) -> None:
    """Write a text file that is whole or absent; errors as above."""
    with whole_or_nothing(file) as part:
        part.write_text(text, encoding="utf-8")
