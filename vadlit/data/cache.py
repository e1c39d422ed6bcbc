"""What everything that is kept in the cache folder shares: its keys, and a disk that refuses."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from json import dumps
from pathlib import Path

from vadlit.disk import writing
from vadlit.errors import UserError

# The file of an event's folder that its builder locks.
LOCK = "lock"


def key(files: Sequence[Path], *settings: object) -> str:
    """A name for what is made of files: of their paths, sizes and times of change, and settings.

    Args:
        files: What it is made of.
        settings: What else it follows from, as JSON can hold it.

    Raises:
        UserError: A file is missing.
    """
    try:
        stats = [(str(file.absolute()), file.stat()) for file in files]
    except OSError as error:
        raise UserError(f"The file {error.filename} cannot be read: {error.strerror}.") from error
    footage = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
    return sha256(dumps([footage, *settings]).encode()).hexdigest()[:24]


def writing_cache(root: Path) -> AbstractContextManager[None]:
    """Turn what the disk refuses to do for the cache into a sentence."""
    advice = "make room there (`vadlit cache`) or choose another place with data.cache_dir"
    return writing(f"The cache {root}", advice)
