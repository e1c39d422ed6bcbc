"""One MLflow run, through the client alone: no global state that a second run could inherit."""

import json
import re
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from matplotlib.figure import Figure
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from vadlit.errors import UserError
from vadlit.tracking.server import absolute, connect, experiment_id

# Limits of an MLflow server for one request, and for one parameter's value.
METRICS, PARAMS, CHARACTERS = 1000, 100, 6000
PARENT = "mlflow.parentRunId"
# What it does not take in the name of a metric.
FOREIGN = re.compile(r"[^\w./ -]")

T = TypeVar("T")


class Tracker:
    """One open run: what is logged goes to it and to no other.

    Args:
        client: Of the server.
        run_id: An existing run.
    """

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self.client = client
        self.run_id = run_id

    def log_params(self, params: Mapping[str, object]) -> None:
        """Log flat settings; those that a resumed run has already logged stay as they are."""
        known = self.client.get_run(self.run_id).data.params
        new = [Param(k, str(v)[:CHARACTERS]) for k, v in params.items() if k not in known]
        for part in _parts(new, PARAMS):
            self.client.log_batch(self.run_id, params=part)

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Log numbers of one step."""
        now = _milliseconds()
        self._log([Metric(name, float(value), now, step) for name, value in metrics.items()])

    def log_curve(self, name: str, steps: Sequence[int], values: Sequence[float]) -> None:
        """Log a curve of any length, a few requests in all.

        A footage's name may hold characters that MLflow does not take in a metric's.
        """
        now, name = _milliseconds(), FOREIGN.sub("_", name)
        pairs = zip(steps, values, strict=True)
        self._log([Metric(name, float(value), now, step) for step, value in pairs])

    def log_text(self, path: str, text: str) -> None:
        """Log text as the artifact `path`."""
        self.client.log_text(self.run_id, text, path)

    def log_json(self, path: str, value: object) -> None:
        """Log a value as strict JSON."""
        self.log_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")

    def log_figure(self, path: str, figure: Figure) -> None:
        """Log a figure as a picture."""
        self.client.log_figure(self.run_id, figure, path)

    def log_folder(self, local: Path, folder: str = "") -> None:
        """Log the files of a local folder below the artifact `folder`."""
        self.client.log_artifacts(self.run_id, str(local), folder or None)

    def log_file(self, local: Path, folder: str) -> None:
        """Log a local file below the artifact `folder`; one of its name is replaced."""
        self.client.log_artifact(self.run_id, str(local), folder)

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags."""
        self.client.log_batch(self.run_id, tags=[RunTag(k, v) for k, v in tags.items()])

    def end(self, status: str) -> None:
        """Close the run as FINISHED, FAILED or KILLED."""
        self.client.set_terminated(self.run_id, status)

    def _log(self, metrics: Sequence[Metric]) -> None:
        for part in _parts(metrics, METRICS):
            self.client.log_batch(self.run_id, metrics=part)


@contextmanager
def track(
    uri: str,
    experiment: str,
    name: str,
    *,
    run_id: str | None = None,
    parent: str | None = None,
) -> Iterator[Tracker]:
    """Open a run and close it as what became of it: FINISHED, FAILED or KILLED.

    Args:
        uri: `sqlite:///FILE` or the http(s) address of a server.
        experiment: Made when missing.
        name: Of the run.
        run_id: An earlier run to go on with; it keeps what it has logged, and an epoch that is
            trained again is there twice.
        parent: The run that this one belongs to, an earlier one from now on; MLFLOW_RUN_ID in the
            environment does not count.

    Raises:
        UserError: The address is wrong, the server does not answer or there is no such run.
    """
    tracker = open_run(uri, experiment, name, run_id=run_id, parent=parent)
    try:
        yield tracker
    except Exception:
        text = traceback.format_exc()
        # The server or the disk may be what failed: a second error must not hide the first.
        with suppress(Exception):
            tracker.end("FAILED")
            tracker.log_text("traceback.txt", text)
        raise
    except BaseException:
        with suppress(Exception):
            tracker.end("KILLED")
        raise
    tracker.end("FINISHED")


def open_run(
    uri: str,
    experiment: str,
    name: str,
    *,
    run_id: str | None = None,
    parent: str | None = None,
) -> Tracker:
    """Open a run that its caller closes with `end`; arguments and errors as for `track`."""
    if run_id is not None:
        return reopen(uri, run_id, parent)
    uri = absolute(uri)
    client = connect(uri)
    tags = {"mlflow.runName": name, "mlflow.user": "vadlit", "mlflow.source.name": "vadlit"}
    if parent is not None:
        tags[PARENT] = parent
    run = client.create_run(experiment_id(client, uri, experiment), tags=tags, run_name=name)
    return Tracker(client, run.info.run_id)


def reopen(uri: str, run_id: str, parent: str | None = None) -> Tracker:
    """Go on with a run; where a parent is named, the run belongs to that one from now on.

    Raises:
        UserError: As for `track`.
    """
    uri = absolute(uri)
    tracker = Tracker(connect(uri), run_id)
    try:
        tracker.client.update_run(run_id, status="RUNNING")
    except MlflowException as error:
        raise UserError(f"There is no run {run_id} to go on with in {uri}.") from error
    if parent is not None:
        tracker.set_tags({PARENT: parent})
    return tracker


def _milliseconds() -> int:
    return int(time.time() * 1000)


def _parts(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
