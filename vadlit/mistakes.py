"""A person's mistakes end in one sentence; the program's own end in a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from vadlit.errors import UserError


def sentence(error: BaseException) -> str | None:
    """What to tell a person about their mistake; None for an error of the program."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, UserError):
            return str(cause)
        cause = cause.__cause__
    if isinstance(error, HydraException | OmegaConfBaseException):
        return " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    return None


@contextmanager
def mistakes_told() -> Iterator[None]:
    """Turn a mistake into its sentence on stderr and exit code 2."""
    try:
        yield
    except Exception as error:
        message = sentence(error)
        if message is None:
            raise
        print(f"vadlit: {message}", file=sys.stderr)
        sys.exit(2)
