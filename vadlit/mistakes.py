"""Tell a person's mistakes from the program's."""

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
