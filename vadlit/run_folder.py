"""Where one configuration's checkpoints lie while it trains, and how an interrupted run goes on."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from vadlit.claim import claimed
from vadlit.config import Config, absolute
from vadlit.data.whole import write_whole
from vadlit.disk import writing
from vadlit.errors import UserError

# Settings that do not change the result, and so do not tell runs apart.
NEUTRAL = {
    "": ("runs", "tracking"),
    "trainer": ("resume", "devices", "num_nodes", "strategy"),
    "data": ("cache", "cache_dir", "download", "url", "archive_bytes", "archive_sha256"),
}


class RunFolder:
    """`RUNS/STUDY/NAME-HASH`: the checkpoints of a configuration, and its MLflow run.

    The hash is of every setting that changes the result: the same configuration finds its own
    interrupted run again, and no other.

    Args:
        config: Resolved.
    """

    def __init__(self, config: Config) -> None:
        folder = f"{config['name']}-{fingerprint(config)}"
        self.path = Path(absolute(config["runs"])) / config["study"] / folder
        self.checkpoints = self.path / "checkpoints"
        self.last = self.checkpoints / "last.ckpt"
        self._run = self.path / "run.json"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Keep a second process with the same configuration out.

        Raises:
            UserError: There is one already, or the folder cannot be written.
        """
        with ExitStack() as stack:
            with self.writing():
                self.path.mkdir(parents=True, exist_ok=True)
                stack.enter_context(claimed(self.path / "lock", f"{self.path} is being trained"))
            yield

    def writing(self) -> AbstractContextManager[None]:
        """Turn an error of its disk into a sentence."""
        return writing(f"runs is {self.path.parents[1]}, which")

    def begin(self, run_id: str, checkpoint: Path | None) -> None:
        """Note the MLflow run for `resume=auto`, and remove what another training has left.

        Not before a training begins that nothing can refuse any more: what is there may be all
        that a person gets.

        Args:
            run_id: Of the MLflow run.
            checkpoint: What the training goes on from; in this folder, all in it stays.
        """
        if checkpoint is None or self.checkpoints not in checkpoint.parents:
            shutil.rmtree(self.checkpoints, ignore_errors=True)
        write_whole(self._run, json.dumps({"run_id": run_id}) + "\n")

    def run_id(self, resume: str) -> str | None:
        """The MLflow run that `trainer.resume` goes on with; None begins a new one.

        Raises:
            UserError: The note of it is broken.
        """
        if resume != "auto" or not self._run.exists():
            return None
        try:
            noted: str = json.loads(self._run.read_text(encoding="utf-8"))["run_id"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise UserError(
                f"{self._run} does not name a run; start anew with trainer.resume=never."
            ) from error
        return noted

    def checkpoint(self, resume: str) -> Path | None:
        """The checkpoint that `trainer.resume` goes on from; None begins anew.

        Raises:
            UserError: `resume` is none of never, auto and the path of a checkpoint.
        """
        if resume == "never":
            return None
        if resume == "auto":
            return self.last if self.last.exists() else None
        checkpoint = Path(resume).expanduser().absolute()
        if not checkpoint.is_file():
            raise UserError(
                f"trainer.resume is {resume}; allowed are never, auto or the path of a checkpoint."
            )
        return checkpoint


def neutral() -> list[str]:
    """Under dotted names, the settings and groups that do not change the result."""
    return [f"{group}.{name}".lstrip(".") for group, names in NEUTRAL.items() for name in names]


def fingerprint(config: Config) -> str:
    """Name the result of a configuration by eight hexadecimal digits."""
    kept = {key: value for key, value in config.items() if key not in NEUTRAL[""]}
    for group in ("trainer", "data"):
        kept[group] = {k: v for k, v in kept[group].items() if k not in NEUTRAL[group]}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:8]
