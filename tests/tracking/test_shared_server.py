"""One server for all: four jobs at once, through HTTP alone, into PostgreSQL."""

import subprocess
import sys
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from tests.tracking.postgres import mlflow_server, postgres
from tests.tracking.test_run import LOG

NAMES = ["a", "b", "c", "d"]


@pytest.mark.slow
def test_four_jobs_at_once_lose_nothing(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="no psycopg; pip install 'vadlit[server]' brings it")
    with postgres() as database, mlflow_server(database, tmp_path / "artifacts") as uri:
        jobs = [subprocess.Popen([sys.executable, "-c", LOG, uri, name]) for name in NAMES]
        assert [job.wait(timeout=300) for job in jobs] == [0] * len(NAMES)
        reader = MlflowClient(uri)
        (experiment,) = [x for x in reader.search_experiments() if x.name == "together"]
        assert experiment.artifact_location.startswith("mlflow-artifacts:")
        runs = reader.search_runs([experiment.experiment_id])
        assert sorted(run.data.params["name"] for run in runs) == NAMES
        for run in runs:
            assert run.info.status == "FINISHED"
            curve = reader.get_metric_history(run.info.run_id, "curve")
            assert [(x.step, x.value) for x in curve] == [(i, float(i)) for i in range(500)]
            place = tmp_path / run.info.run_id
            place.mkdir()
            file = reader.download_artifacts(run.info.run_id, "name.txt", str(place))
            assert Path(file).read_text() == run.data.params["name"]
