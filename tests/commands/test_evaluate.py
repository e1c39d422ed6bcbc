import json
import subprocess
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from tests.commands.conftest import Mistake, Vadlit


@pytest.fixture(scope="module")
def run(workplace: Path, sweep: "subprocess.CompletedProcess[str]") -> str:
    """The id of the sweep's run of `base` without augmentation."""
    assert sweep.returncode == 0, sweep.stderr
    client = MlflowClient(f"sqlite:///{workplace}/runs/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    (found,) = client.search_runs(
        [experiment.experiment_id], "attributes.run_name = 'base-none-1'", max_results=1
    )
    return str(found.info.run_id)


@pytest.fixture(scope="module")
def logged(workplace: Path, run: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its evaluation and checkpoints."""
    client = MlflowClient(f"sqlite:///{workplace}/runs/mlflow.db")
    return Path(client.download_artifacts(run, "", str(tmp_path_factory.mktemp("logged"))))


def test_a_run_and_its_checkpoint_give_the_numbers_of_training(
    vadlit: Vadlit, run: str, logged: Path
) -> None:
    numbers = json.loads((logged / "evaluation.json").read_text())
    by_run = vadlit("evaluate", f"run={run}", "--json")
    checkpoint = logged / "checkpoints" / "last.ckpt"
    by_file = vadlit("evaluate", f"checkpoint={checkpoint}", "json=true")
    for done in (by_run, by_file):
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found.pop("name") == "base-none-1"
        assert found == pytest.approx(numbers, nan_ok=True)


def test_settings_of_evaluation_count(vadlit: Vadlit, logged: Path, tmp_path: Path) -> None:
    checkpoint = logged / "checkpoints" / "last.ckpt"
    done = vadlit(
        "evaluate",
        f"checkpoint={checkpoint}",
        "window=1",
        "cue=copy",
        "threshold=margin",
        "threshold.decibels=100",
        f"out={tmp_path / 'results'}",
        "--json",
    )
    found = json.loads(done.stdout)
    assert found["frame_auroc"] == found["copy_frame_auroc"] == found["frame_auroc_smoothed"]
    assert found["frame_true_positives"] == 0
    assert (tmp_path / "results" / "curves" / "01.png").is_file()


def test_presets_score(vadlit: Vadlit, logged: Path) -> None:
    checkpoint = logged / "checkpoints" / "last.ckpt"
    thesis, default = (
        json.loads(vadlit("evaluate", f"checkpoint={checkpoint}", *settings, "--json").stdout)
        for settings in (["score=thesis"], ["score=vadlit", "threshold=sigma", "alarm=none"])
    )
    assert thesis["window"] == 10
    assert default["window"] == 5
    assert thesis["threshold"] != default["threshold"]
    assert thesis["copy_frame_auroc"] == default["copy_frame_auroc"]


def test_other_footage(vadlit: Vadlit, logged: Path, ped2_official: Path) -> None:
    checkpoint = logged / "checkpoints" / "last.ckpt"
    done = vadlit(
        "evaluate", f"checkpoint={checkpoint}", f"+data.root={ped2_official}", "+data.cache=false"
    )
    assert done.returncode == 0, done.stderr
    heading, numbers, *_ = done.stdout.strip().splitlines()
    assert heading.split()[0] == "model"
    assert numbers.split()[0] == "base-none-1"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ([], "allowed is one of them"),
        (["checkpoint=a.ckpt", "run=1"], "allowed is one of them"),
        (["checkpoint=/nowhere.ckpt"], "There is no checkpoint /nowhere.ckpt."),
        (["run=1234"], "There is no run 1234 in"),
    ],
)
def test_a_mistake_is_one_sentence(mistake: Mistake, settings: list[str], message: str) -> None:
    assert message in mistake("evaluate", *settings)


def test_another_file_is_no_checkpoint(mistake: Mistake, tmp_path: Path) -> None:
    (tmp_path / "a.ckpt").write_bytes(b"no checkpoint")
    told = mistake("evaluate", f"checkpoint={tmp_path / 'a.ckpt'}")
    assert "a.ckpt is not a checkpoint of vadlit" in told


def test_a_place_that_cannot_be_written_is_a_sentence(mistake: Mistake, logged: Path) -> None:
    checkpoint = logged / "checkpoints" / "last.ckpt"
    told = mistake("evaluate", f"checkpoint={checkpoint}", f"out={checkpoint}/results")
    assert f"out is {checkpoint}/results, which cannot be written: Not a directory." in told
