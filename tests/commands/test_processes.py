"""Two processes train what one trains alone."""

import subprocess
from pathlib import Path

import pytest
import torch
from mlflow.entities import Run
from mlflow.tracking import MlflowClient
from torch import Tensor

from tests.commands.conftest import Mistake, Vadlit

TWO = ["trainer.devices=2", "trainer.strategy=ddp"]
EPOCHS = 2


def trained(runs: Path) -> tuple[dict[str, Tensor], Run, dict[str, list[float]]]:
    """The decoder, the only run, and its metrics by epoch."""
    (checkpoint,) = runs.glob("tiny/*/checkpoints/last.ckpt")
    weights: dict[str, Tensor] = torch.load(checkpoint, weights_only=True)["state_dict"]
    client = MlflowClient(f"sqlite:///{runs}/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    histories = {
        name: [x.value for x in client.get_metric_history(run.info.run_id, name)]
        for name in ("train/loss", "val/loss", "val/psnr")
    }
    return weights, run, histories


@pytest.mark.slow
def test_two_processes_give_the_result_of_one(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    settings = [*tiny, f"trainer.max_epochs={EPOCHS}"]
    alone = vadlit("train", *settings, runs=tmp_path / "alone")
    together = vadlit("train", *settings, *TWO, runs=tmp_path / "together")
    assert (alone.returncode, together.returncode) == (0, 0), together.stderr
    # The second process says nothing; the first says what one alone would.
    assert table(together) == table(alone)
    told = [line.split()[:2] for line in together.stderr.splitlines()]
    assert told == [["epoch", f"{epoch}/{EPOCHS}"] for epoch in (1, 2)]
    one, run, numbers = trained(tmp_path / "alone")
    two, shared, others = trained(tmp_path / "together")
    assert shared.info.status == "FINISHED"
    for name, values in numbers.items():
        assert others[name] == pytest.approx(values, rel=1e-3), name
    for name in ("frame_auroc", "frames_scored", "threshold"):
        assert shared.data.metrics[name] == pytest.approx(run.data.metrics[name], rel=1e-2), name
    for name, value in one.items():
        # A step of Adam is as long for the slightest gradient as for any, and its sign a matter of
        # rounding then.
        assert (two[name].float() - value.float()).abs().mean() < 1e-4, name


def table(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """The headings of what a training prints, and the name; not its checkpoint."""
    return [line.split()[0] for line in done.stdout.splitlines()[:-1] if line]


@pytest.mark.slow
def test_a_mistake_of_all_processes_ends_in_its_exit_code(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    done = vadlit("train", *tiny, *TWO, "data.held_out=['99']", runs=tmp_path)
    assert done.returncode == 2
    assert "vadlit: data.held_out is ['99']; allowed are" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["trainer.devices=0"], "trainer.devices is 0; allowed is a whole number of 1 or more"),
        (["trainer.devices=auto"], "trainer.devices is auto; allowed is a whole number"),
        (["trainer.devices=3"], "data.sequences is 8, which 3 processes cannot share evenly"),
        ([*TWO, "data.batch_size=3"], "data.batch_size is 3, which 2 processes cannot share"),
        (["trainer.num_nodes=2"], "trainer.num_nodes is 2; allowed is 1, unless torchrun or srun"),
    ],
)
def test_mistakes(mistake: Mistake, tiny: list[str], settings: list[str], message: str) -> None:
    assert message in mistake("train", *tiny, *settings)
