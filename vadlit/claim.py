"""One process at a time, in a folder of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vadlit.disk import writing_out
from vadlit.errors import UserError

LOCK = ".lock"


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


@contextmanager
def writing_alone(out: Path) -> Iterator[None]:
    """Make the folder that a command was told to write to, and keep a second process out of it.

    Args:
        out: The setting of that name; the lock stays in it.

    Raises:
        UserError: Another process writes to it, or it cannot be written.
    """
    with ExitStack() as stack:
        with writing_out(out):
            out.mkdir(parents=True, exist_ok=True)
            stack.enter_context(claimed(out / LOCK, f"out is {out}, which is being written"))
        yield


def require_own(out: Path, record: str, command: str) -> None:
    """Refuse a folder of a person's own things, of which some might be overwritten.

    Args:
        out: The setting of that name.
        record: The file that the command leaves in a folder it has begun.
        command: As in "vadlit COMMAND".

    Raises:
        UserError: It is no folder, or holds something but no record, or cannot be read.
    """
    with writing_out(out):
        if (out / record).is_file() or not out.exists():
            return
        if out.is_dir() and all(path.name == LOCK for path in out.iterdir()):
            return
    raise UserError(
        f"out is {out}, which holds something else; allowed is a new or empty folder, or a data "
        f"set that vadlit {command} has begun."
    )
