"""A Hydra multirun as a parent run, wherever its jobs are run."""

import atexit
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from vadlit.mistakes import mistakes_told, sentence
from vadlit.tracking.comparison import compare
from vadlit.tracking.run import CHARACTERS, Tracker, open_run, reopen
from vadlit.tracking.server import absolute

VARIABLE = "VADLIT_PARENT_RUN"
FAILED = "failed."


def parent_run() -> str | None:
    """The sweep that this process's job belongs to; None outside a sweep."""
    return os.environ.get(VARIABLE)


class Sweep(Callback):
    """Opens the parent run before the first job and compares the jobs after the last.

    A launcher takes it along, pickled, to the process of each job, which may be on another
    machine: it holds plain values, and what became of a job is told through MLflow.
    """

    def __init__(self) -> None:
        self.parent: str | None = None
        self.settings: list[str] = []

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Open the parent run."""
        with _not_swallowed():
            _settle_places(config)
            name = f"sweep {time.strftime('%Y-%m-%d %H:%M:%S')}"
            parent = open_run(config.tracking.uri, str(config.study), name)
        self.parent = parent.run_id
        self.settings = list(config.hydra.overrides.task)
        # A sweep that is interrupted, or whose jobs cannot be composed, never comes to its end.
        atexit.register(_killed, config.tracking.uri, self.parent)

    def on_job_start(self, config: DictConfig, **_: Any) -> None:
        """Let the job's process know its parent run."""
        if self.parent is not None:
            os.environ[VARIABLE] = self.parent

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:
        """Note a failed job on the parent run, as it may have none of its own; the next goes on.

        Where that fails, too, the job's own exception ends the sweep once all jobs are through.
        """
        if self.parent is None:
            return
        os.environ.pop(VARIABLE, None)
        if job_return.status == JobStatus.FAILED:
            # Of its settings, those that are not the whole sweep's.
            own = [x for x in job_return.overrides or [] if x not in self.settings]
            # Not `return_value`, which prints the exception and raises it.
            told = _tell(" ".join([f"job {config.hydra.job.num},", *own]), job_return._return_value)
            parent = reopen(config.tracking.uri, self.parent)
            parent.set_tags({f"{FAILED}{config.hydra.job.num}": told})
            job_return.status, job_return.return_value = JobStatus.COMPLETED, None

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """Log and print the comparison; failed jobs fail the sweep, exit code 1."""
        assert self.parent is not None
        with _not_swallowed():
            parent = reopen(config.tracking.uri, self.parent)
            print(f"\n{compare(parent)}")
            print(f"\nmlflow ui --backend-store-uri {absolute(config.tracking.uri)}", flush=True)
            failed = _failed(parent)
            parent.end("FAILED" if failed else "FINISHED")
            atexit.unregister(_killed)
        for told in failed:
            print(f"vadlit: failed: {told}", file=sys.stderr)
        if failed:
            sys.exit(1)


def _tell(job: str, error: BaseException) -> str:
    """Tell all there is about the failure of a job; return it in short."""
    whole = sentence(error) or "".join(traceback.format_exception(error))
    print(f"vadlit: {job}: {whole}", file=sys.stderr, flush=True)
    short = sentence(error) or "".join(traceback.format_exception_only(error)).strip()
    return f"{job}: {short}"[:CHARACTERS]


def _failed(parent: Tracker) -> list[str]:
    """What was noted of failed jobs, in their order."""
    tags = parent.client.get_run(parent.run_id).data.tags
    numbers = sorted(int(tag.removeprefix(FAILED)) for tag in tags if tag.startswith(FAILED))
    return [tags[f"{FAILED}{number}"] for number in numbers]


def _killed(uri: str, run_id: str) -> None:
    reopen(uri, run_id).end("KILLED")


def _settle_places(config: DictConfig) -> None:
    """Resolve what depends on this process's folder and environment: the jobs take it over."""
    for place in ("runs", "data.root"):
        OmegaConf.select(config, place)


@contextmanager
def _not_swallowed() -> Iterator[None]:
    """End the program on an exception: of a callback's, Hydra would make a warning."""
    try:
        with mistakes_told():
            yield
    except Exception:
        traceback.print_exc()
        sys.exit(1)
