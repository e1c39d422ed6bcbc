"""From `tracking.uri` to a client that answers, or to a sentence that says why not."""

import logging
import os
import sqlite3
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

# Before MLflow is imported: nothing is reported to anyone from a factory floor.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
# Its progress bars would break the lines of a training.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

from filelock import FileLock
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode
from mlflow.tracking import MlflowClient

from vadlit.errors import UserError

SQLITE = "sqlite:///"
TIMEOUT = 5.0  # seconds for a server to answer


def absolute(uri: str | None) -> str:
    """The address with a SQLite file's path made absolute: a relative one moves with the caller.

    Raises:
        UserError: It is neither SQLite nor http(s).
    """
    stated = str(uri)
    if stated.startswith(SQLITE):
        return f"{SQLITE}{database(stated)}"
    if urlsplit(stated).scheme in ("http", "https"):
        return stated
    raise UserError(
        f"tracking.uri is {uri}; allowed are sqlite:///FILE and the http(s) address of an MLflow "
        "server."
    )


def database(uri: str) -> Path:
    """The file of a SQLite address."""
    return Path(uri.removeprefix(SQLITE)).expanduser().absolute()


def connect(uri: str) -> MlflowClient:
    """Open a client on an absolute address, making the database where it is missing.

    Raises:
        UserError: The server does not answer or the database cannot be written.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    if not uri.startswith(SQLITE):
        _check_answers(uri)
        return MlflowClient(uri)
    file = database(uri)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Two processes that make the tables at once would trip over each other.
        with FileLock(file.with_name(f"{file.name}.lock")):
            _check_writable(file)
            client = MlflowClient(uri)
            client.search_experiments(max_results=1)
            return client
    except (OSError, sqlite3.Error, MlflowException) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"The tracking database {file} cannot be opened: {reason}") from error


def experiment_id(client: MlflowClient, uri: str, name: str) -> str:
    """Find the experiment, or make it with its artifacts beside a SQLite database."""
    if not uri.startswith(SQLITE):
        return _found_or_made(client, name, None)
    file = database(uri)
    with FileLock(file.with_name(f"{file.name}.lock")):
        return _found_or_made(client, name, (file.parent / "artifacts").as_uri())


def _found_or_made(client: MlflowClient, name: str, artifacts: str | None) -> str:
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            return str(client.create_experiment(name, artifact_location=artifacts))
        except MlflowException as error:
            if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
                raise
            # Another job has just made it.
            return _found_or_made(client, name, artifacts)
    if experiment.lifecycle_stage == "deleted":
        client.restore_experiment(experiment.experiment_id)
    return str(experiment.experiment_id)


def _check_writable(file: Path) -> None:
    """Begin to write: on what is no database, MLflow itself would try for minutes."""
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        connection.execute("BEGIN IMMEDIATE")


def _check_answers(uri: str) -> None:
    """Ask for the server's health: MLflow itself would try for minutes."""
    try:
        with urlopen(f"{uri.rstrip('/')}/health", timeout=TIMEOUT):
            return
    except HTTPError:
        return  # something answers; MLflow's own message will be better than a guess
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise UserError(f"The tracking server {uri} does not answer: {error}.") from error
