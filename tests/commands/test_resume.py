"""A training that is killed goes on and ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from tests.commands.conftest import Mistake, Vadlit

EPOCHS = 4


def decoder(runs: Path) -> dict[str, torch.Tensor]:
    (checkpoint,) = runs.glob("tiny/*/checkpoints/last.ckpt")
    state: dict[str, torch.Tensor] = torch.load(checkpoint, weights_only=True)["state_dict"]
    return state


def logged(runs: Path) -> tuple[MlflowClient, Run]:
    """The only run, and who to ask about it."""
    client = MlflowClient(f"sqlite:///{runs}/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    return client, run


def stopped_in_the_middle(arguments: list[str], runs: Path, cache: Path, by: signal.Signals) -> int:
    """Train, and stop it while it does; what it returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vadlit.cli", "train", *arguments],
        env=os.environ | {"VADLIT_RUNS": str(runs), "VADLIT_CACHE": str(cache)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("epoch 2/"):
            break
    process.send_signal(by)
    process.communicate()
    return process.returncode


@pytest.mark.slow
def test_a_killed_run_ends_with_the_weights_of_an_uninterrupted_one(
    vadlit: Vadlit, tiny: list[str], workplace: Path, tmp_path: Path
) -> None:
    # Dropout and augmentation draw random numbers too.
    settings = [*tiny, "model=dropout", "augmentation=lighting", f"trainer.max_epochs={EPOCHS}"]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert vadlit("train", *settings, runs=whole).returncode == 0
    stopped_in_the_middle(settings, broken, workplace / "cache", signal.SIGKILL)
    time.sleep(0.1)
    done = vadlit("train", *settings, "trainer.resume=auto", runs=broken)
    assert done.returncode == 0, done.stderr
    assert f"epoch 1/{EPOCHS}" not in done.stderr
    expected, found = decoder(whole), decoder(broken)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert torch.equal(value, found[name]), name
    client, run = logged(broken)
    assert run.info.status == "FINISHED"
    steps = {x.step for x in client.get_metric_history(run.info.run_id, "val/loss")}
    assert steps == set(range(EPOCHS))


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_training_that_is_told_to_end_does_not_pretend_to_be_done(
    tiny: list[str], workplace: Path, tmp_path: Path, by: signal.Signals
) -> None:
    settings = [*tiny, "trainer.max_epochs=200"]
    assert stopped_in_the_middle(settings, tmp_path, workplace / "cache", by) == 128 + by
    _, run = logged(tmp_path)
    assert run.info.status == "KILLED"


def test_a_broken_checkpoint_to_go_on_from_is_a_sentence(
    mistake: Mistake, tiny: list[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.ckpt"
    broken.write_bytes(b"PK\x03\x04 and no more")
    assert f"{broken} is not a checkpoint of vadlit." in mistake(
        "train", *tiny, f"trainer.resume={broken}"
    )


def test_a_checkpoint_with_no_epochs_left_is_a_sentence(
    mistake: Mistake, vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    assert vadlit("train", *tiny, "seed=7", runs=tmp_path).returncode == 0
    (done,) = tmp_path.glob("tiny/*/checkpoints/last.ckpt")
    told = mistake("train", *tiny, "seed=8", f"trainer.resume={done}")
    assert f"trainer.resume is {done}, which has come to epoch 1 of 1; allowed is one that" in told
    # With its own, there is nothing left but to evaluate it.
    again = vadlit("train", *tiny, "seed=7", "trainer.resume=auto", runs=tmp_path)
    assert again.returncode == 0, again.stderr
    # One more epoch is trained in a run of its own, next to nothing of another training.
    more = [*tiny, "seed=7", "trainer.max_epochs=2"]
    assert vadlit("train", *more, f"trainer.resume={done}", runs=tmp_path).returncode == 0
    state = torch.load(next(tmp_path.glob("tiny/*-2-*/checkpoints/last.ckpt")), weights_only=True)
    assert state["epoch"] == 1
