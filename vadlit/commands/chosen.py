"""Which checkpoint a command is given: a file, or that of an MLflow run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.config import Config
from vadlit.errors import UserError


@contextmanager
def chosen_checkpoint(settings: Config) -> Iterator[Path]:
    """The checkpoint that the settings name, fetched from MLflow where they name a run."""
    checkpoint, run = settings["checkpoint"], settings["run"]
    if (checkpoint is None) == (run is None):
        raise UserError(
            f"checkpoint is {checkpoint} and run is {run}; allowed is one of them: the path of a "
            "checkpoint or the id of an MLflow run."
        )
    if checkpoint is not None:
        yield Path(str(checkpoint)).expanduser()
        return
    from vadlit.tracking.fetch import fetch  # MLflow takes a second to import

    with TemporaryDirectory() as scratch:
        yield fetch(settings["tracking"]["uri"], str(run), "checkpoints/last.ckpt", Path(scratch))
