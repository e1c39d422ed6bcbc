"""Real footage through real sweeps: four decoders and an augmented one, two short epochs each."""

from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from tests.commands.conftest import Vadlit

pytestmark = [pytest.mark.ped2, pytest.mark.smoke, pytest.mark.slow]


@pytest.mark.parametrize(
    ("choices", "names"),
    [
        (
            ["model=base,dropout,skiptwice,attention"],
            {"base-none-2", "dropout-none-2", "skiptwice-none-2", "attention-none-2"},
        ),
        (["augmentation=general"], {"base-general-2"}),
    ],
)
def test_sweep_on_ped2(
    vadlit: Vadlit, ped2: Path, tmp_path: Path, choices: list[str], names: set[str]
) -> None:
    done = vadlit(
        "train", "-m", "experiment=ped2_smoke", f"data.root={ped2}", *choices, runs=tmp_path
    )
    assert done.returncode == 0, done.stderr
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("ped2_smoke")
    assert experiment is not None
    runs = list(client.search_runs([experiment.experiment_id]))
    jobs = [run for run in runs if "mlflow.parentRunId" in run.data.tags]
    (parent,) = (run for run in runs if run not in jobs)
    assert parent.info.status == "FINISHED"
    assert {"comparison.json", "comparison.csv", "roc.png"} == {
        file.path for file in client.list_artifacts(parent.info.run_id)
    }
    assert {job.info.run_name for job in jobs} == names
    for job in jobs:
        # Two clips of 100 frames, of which the first four cannot be scored.
        assert job.data.metrics["frames_scored"] == 2 * 96
        assert 0 < job.data.metrics["frame_auroc"] < 1
        # Clip 01 is normal up to frame 59, clip 04 up to frame 29 (UCSDped2.m).
        assert job.data.metrics["frames_anomalous"] == 40 + 70
        losses = client.get_metric_history(job.info.run_id, "train/loss")
        assert [loss.step for loss in losses] == [0, 1]
        assert losses[1].value < losses[0].value
        checkpoints = client.list_artifacts(job.info.run_id, "checkpoints")
        assert {Path(file.path).name for file in checkpoints} == {"best.ckpt", "last.ckpt"}
