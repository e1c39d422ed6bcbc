"""One database for the tests: making its tables takes seconds."""

import pytest
from mlflow.tracking import MlflowClient

from vadlit.tracking.server import absolute, connect


@pytest.fixture(scope="session")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a SQLite database that the tests share, each with an experiment of its own."""
    return absolute(f"sqlite:///{tmp_path_factory.mktemp('tracking') / 'mlflow.db'}")


@pytest.fixture(scope="session")
def reader(uri: str) -> MlflowClient:
    """MLflow's own client, which reads what was logged."""
    connect(uri)
    return MlflowClient(uri)
