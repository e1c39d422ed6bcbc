"""Room on the disk, before and while it is needed."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from vadlit.errors import UserError


def free_bytes(folder: Path) -> int:
    """Room where a folder is or, if there is none yet, would be."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    return shutil.disk_usage(existing).free


def as_text(size: float) -> str:
    """Bytes for a person.

    >>> as_text(1_234_000_000), as_text(1_000)
    ('1.2 GB', '0.0 MB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


@contextmanager
def writing(what: str, advice: str = "") -> Iterator[None]:
    """Turn an error of the disk into a sentence: what cannot be written, why, and a way out."""
    try:
        yield
    except OSError as error:
        way = advice and f"; {advice}"
        raise UserError(f"{what} cannot be written: {error.strerror or error}{way}.") from error


def writing_out(out: Path) -> AbstractContextManager[None]:
    """The same of the folder that a command was told to write to, its setting `out`."""
    return writing(f"out is {out}, which")
