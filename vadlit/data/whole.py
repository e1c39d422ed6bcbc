"""Small files that are whole or absent."""

import os
from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write a text file beside its place and rename it; a hidden name hides what a kill leaves.

    Raises:
        OSError: The disk is full or refuses; what was there before stays.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    finally:
        with suppress(OSError):
            part.unlink()
