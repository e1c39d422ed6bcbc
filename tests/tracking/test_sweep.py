"""What a sweep's callback does in the process of a job."""

import pickle

import pytest
from hydra.core.utils import JobReturn, JobStatus
from mlflow.tracking import MlflowClient
from omegaconf import DictConfig, OmegaConf

from vadlit.errors import UserError
from vadlit.tracking.run import track
from vadlit.tracking.sweep import Sweep, parent_run


def config(uri: str) -> DictConfig:
    return OmegaConf.create({"tracking": {"uri": uri}, "hydra": {"job": {"num": 3}}})


def failed() -> JobReturn:
    overrides = ["data=ped2", "seed=1"]
    return JobReturn(overrides, status=JobStatus.FAILED, _return_value=ZeroDivisionError("by zero"))


def travelled(parent: str) -> Sweep:
    """The callback as it arrives in a job's process."""
    sweep = Sweep()
    sweep.parent, sweep.settings = parent, ["data=ped2", "seed=0,1"]
    arrived: Sweep = pickle.loads(pickle.dumps(sweep))
    return arrived


def test_a_job_knows_its_parent_while_it_runs(uri: str) -> None:
    sweep = travelled("a")
    assert parent_run() is None
    sweep.on_job_start(config(uri))
    assert parent_run() == "a"
    sweep.on_job_end(config(uri), JobReturn(status=JobStatus.COMPLETED))
    assert parent_run() is None


def test_a_failure_is_noted_and_the_next_job_goes_on(
    uri: str, reader: MlflowClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with track(uri, "sweeps", "parent") as parent:
        pass
    done = failed()
    travelled(parent.run_id).on_job_end(config(uri), done)
    assert (done.status, done.return_value) == (JobStatus.COMPLETED, None)
    tag = reader.get_run(parent.run_id).data.tags["failed.3"]
    assert tag == "job 3, seed=1: ZeroDivisionError: by zero"
    assert capsys.readouterr().err.startswith("vadlit: job 3, seed=1: ZeroDivisionError: by zero")


def test_a_failure_that_cannot_be_noted_stays_one() -> None:
    done = failed()
    with pytest.raises(UserError, match="does not answer"):
        travelled("a").on_job_end(config("http://127.0.0.1:9"), done)
    assert done.status == JobStatus.FAILED
