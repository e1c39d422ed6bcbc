"""Files of an MLflow run."""

from pathlib import Path

from mlflow.exceptions import MlflowException

from vadlit.errors import UserError
from vadlit.tracking.server import absolute, connect


def fetch(uri: str, run_id: str, path: str, folder: Path) -> Path:
    """Copy one artifact of a run into a folder.

    Raises:
        UserError: There is no such run, or it has no such artifact.
    """
    uri = absolute(uri)
    client = connect(uri)
    try:
        client.get_run(run_id)
    except MlflowException as error:
        raise UserError(f"There is no run {run_id} in {uri}.") from error
    try:
        return Path(client.download_artifacts(run_id, path, str(folder)))
    except (MlflowException, OSError) as error:
        raise UserError(f"The run {run_id} has no artifact {path}.") from error
