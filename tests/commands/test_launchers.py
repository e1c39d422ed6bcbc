"""A sweep whose jobs have processes of their own is the same sweep."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from tests.commands.conftest import Vadlit

# The launcher's name, its package, the extra that brings it, and settings.
LAUNCHERS = [
    ("joblib", "hydra_plugins.hydra_joblib_launcher", "joblib", ["hydra.launcher.n_jobs=2"]),
    ("submitit_local", "hydra_plugins.hydra_submitit_launcher", "slurm", []),
    (
        "ray",
        "hydra_plugins.hydra_ray_launcher",
        "ray",
        ["+hydra.launcher.ray.init.num_cpus=2", "+hydra.launcher.ray.init.include_dashboard=false"],
    ),
]


def tracked(runs: Path) -> tuple[list[Run], list[Run]]:
    """The parents of a study, and the jobs."""
    client = MlflowClient(f"sqlite:///{runs}/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    found = list(client.search_runs([experiment.experiment_id], order_by=["start_time ASC"]))
    jobs = [run for run in found if "mlflow.parentRunId" in run.data.tags]
    return [run for run in found if run not in jobs], jobs


@pytest.mark.slow
@pytest.mark.parametrize(("launcher", "package", "extra", "settings"), LAUNCHERS)
def test_a_sweep_holds_in_other_processes(
    vadlit: Vadlit,
    tiny: list[str],
    tmp_path: Path,
    launcher: str,
    package: str,
    extra: str,
    settings: list[str],
) -> None:
    pytest.importorskip(package, reason=f"no {package}; docs/scaling.md says how {extra} is had")
    # One job goes well; the other fails before it has a run of its own.
    swept = [f"hydra/launcher={launcher}", *settings, "seed=0,-1"]
    done = vadlit("train", "-m", *tiny, *swept, runs=tmp_path)
    assert done.returncode == 1, done.stderr
    told = "failed: job 1, seed=-1: seed is -1; allowed is a whole number from 0 to 4294967295."
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "base-none-1" in done.stdout.rpartition("frame AUROC")[2]
    (parent,), (job,) = tracked(tmp_path)
    assert (parent.info.status, job.info.status) == ("FAILED", "FINISHED")
    assert job.data.tags["mlflow.parentRunId"] == parent.info.run_id


@pytest.mark.slow
def test_a_killed_sweep_goes_on_under_one_parent(tiny: list[str], tmp_path: Path) -> None:
    pytest.importorskip(
        "hydra_plugins.hydra_joblib_launcher", reason="no joblib launcher; see docs/scaling.md"
    )
    command = [sys.executable, "-m", "vadlit.cli", "train", "-m", *tiny, "hydra/launcher=joblib"]
    command += ["hydra.launcher.n_jobs=1", "seed=0,1", "trainer.resume=auto"]
    places = {"VADLIT_RUNS": str(tmp_path), "VADLIT_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen(
        command,
        env=os.environ | places,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    epochs = (line for line in process.stderr if line.startswith("epoch 1/1"))
    assert [next(epochs, None) is None for _ in range(2)] == [False, False]
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    again = subprocess.run(
        command, env=os.environ | places, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    parents, jobs = tracked(tmp_path)
    assert [run.info.status for run in parents] == ["RUNNING", "FINISHED"]
    # The runs of the first sweep were gone on with, not made anew.
    assert [run.data.params["seed"] for run in jobs] == ["0", "1"]
    assert {run.info.status for run in jobs} == {"FINISHED"}
    assert {run.data.tags["mlflow.parentRunId"] for run in jobs} == {parents[1].info.run_id}
