import csv
import io
import json
import subprocess
from pathlib import Path

import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from tests.commands.conftest import Mistake, Vadlit
from tests.data.disk import room_for_files_of

ARTIFACTS = {
    "checkpoints": {"best.ckpt", "last.ckpt"},
    "curves": {"01.png", "02.png", "03.png"},
    "roc": {"frame.json", "case.json"},
    "scores": {"test.parquet", "val.parquet"},
}


@pytest.fixture(scope="module")
def client(workplace: Path, sweep: "subprocess.CompletedProcess[str]") -> MlflowClient:
    assert sweep.returncode == 0, sweep.stderr
    return MlflowClient(f"sqlite:///{workplace}/runs/mlflow.db")


@pytest.fixture(scope="module")
def runs(client: MlflowClient) -> list[Run]:
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    return list(client.search_runs([experiment.experiment_id]))


@pytest.fixture(scope="module")
def parent(runs: list[Run]) -> Run:
    (found,) = (run for run in runs if "mlflow.parentRunId" not in run.data.tags)
    return found


@pytest.fixture(scope="module")
def jobs(runs: list[Run], parent: Run) -> list[Run]:
    id_ = parent.info.run_id
    return [run for run in runs if run.data.tags.get("mlflow.parentRunId") == id_]


def test_a_sweep_is_a_parent_with_a_child_a_job(parent: Run, jobs: list[Run]) -> None:
    assert {run.info.run_name for run in jobs} == {
        f"{model}-{augmentation}-1"
        for model in ("base", "skiptwice")
        for augmentation in ("none", "general")
    }
    assert {run.info.status for run in (parent, *jobs)} == {"FINISHED"}


def test_every_job_has_its_artifacts(client: MlflowClient, jobs: list[Run]) -> None:
    for job in jobs:
        for folder, names in ARTIFACTS.items():
            found = client.list_artifacts(job.info.run_id, folder)
            assert {Path(file.path).name for file in found} == names, folder
        top = {file.path for file in client.list_artifacts(job.info.run_id)}
        assert {"config.yaml", "environment.json", "evaluation.json", "roc.png"} <= top
        assert {"detector", "predictions"} <= top


def test_every_job_has_its_metrics(client: MlflowClient, jobs: list[Run]) -> None:
    for job in jobs:
        assert {"frame_auroc", "case_auroc", "copy_frame_auroc", "seconds"} <= set(job.data.metrics)
        (loss,) = client.get_metric_history(job.info.run_id, "val/loss")
        assert loss.step == 0
        curve = client.get_metric_history(job.info.run_id, "psnr/01")
        assert [point.step for point in curve] == list(range(4, 4 + len(curve)))


def test_the_comparison_lies_on_the_parent(
    client: MlflowClient, parent: Run, jobs: list[Run], tmp_path: Path
) -> None:
    id_ = parent.info.run_id
    assert "roc.png" in {file.path for file in client.list_artifacts(id_)}
    table = json.loads(
        Path(client.download_artifacts(id_, "comparison.json", str(tmp_path))).read_text()
    )
    by_run = {job.info.run_id: job for job in jobs}
    assert {row["run_id"] for row in table} == set(by_run)
    for row in table:
        job = by_run[row["run_id"]]
        assert row["frame_auroc"] == job.data.metrics["frame_auroc"]
        assert row["model"] == job.data.params["choices.model"]
        assert row["epochs"] == "1"
    text = Path(client.download_artifacts(id_, "comparison.csv", str(tmp_path))).read_text()
    assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == [
        row["name"] for row in table
    ]


def test_a_sweep_prints_its_table(sweep: "subprocess.CompletedProcess[str]") -> None:
    assert "skiptwice-general-1" in sweep.stdout.rpartition("frame AUROC")[2]
    assert "mlflow ui --backend-store-uri sqlite:////" in sweep.stdout


def test_the_configuration_is_logged_resolved(
    client: MlflowClient, jobs: list[Run], tmp_path: Path
) -> None:
    file = client.download_artifacts(jobs[0].info.run_id, "config.yaml", str(tmp_path))
    text = Path(file).read_text()
    assert "${" not in text
    assert "seed: 0" in text


def test_a_failed_job_is_marked_and_the_sweep_goes_on(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    done = vadlit("train", "-m", *tiny, "data.held_out=['99'],['04']", runs=tmp_path)
    assert done.returncode == 1
    assert "data.held_out is ['99']; allowed are" in done.stderr
    assert "Traceback" not in done.stderr
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    runs = list(client.search_runs([experiment.experiment_id]))
    jobs = [run for run in runs if "mlflow.parentRunId" in run.data.tags]
    (parent,) = (run for run in runs if run not in jobs)
    assert sorted(job.info.status for job in jobs) == ["FAILED", "FINISHED"]
    assert parent.info.status == "FAILED"
    (failed,) = (job for job in jobs if job.info.status == "FAILED")
    assert "traceback.txt" in {f.path for f in client.list_artifacts(failed.info.run_id)}


def test_a_job_that_fails_before_its_run_fails_the_sweep(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    done = vadlit("train", "-m", *tiny, "trainer.resume=nowhere.ckpt", "seed=0", runs=tmp_path)
    assert done.returncode == 1
    assert "trainer.resume is nowhere.ckpt; allowed are" in done.stderr


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model=huge", "Could not find 'model/huge'"),
        ("trainer.epochs=3", "Could not override 'trainer.epochs'"),
        ("seed=4294967296", "seed is 4294967296; allowed is a whole number from 0 to 4294967295."),
        ("trainer.max_epochs=0", "trainer.max_epochs is 0; allowed is"),
        ("data.size=[33,64]", "data.size is [33, 64]; allowed are"),
        ("data.root=/nowhere", "There is no Ped2 in /nowhere; allowed is"),
        ("encoder.weights=/nowhere.pt", "There are no encoder weights /nowhere.pt"),
        ("tracking.uri=./mlruns", "tracking.uri is ./mlruns; allowed are"),
        ("tracking.uri=http://127.0.0.1:9", "http://127.0.0.1:9 does not answer"),
        ("window=0", "window is 0; it must be"),
        ("trainer.accelerator=abacus", "The settings of trainer are not allowed: "),
        ("trainer.precision=bf16-true", "trainer.precision is bf16-true; allowed are 32-true, "),
        ("optimizer.lr=-1", "The settings of optimizer are not allowed: Invalid learning rate"),
        ("optimizer.lr=slow", "The settings of optimizer are not allowed: "),
        ("score=null", "score is null; allowed are thesis, vadlit, or to leave it out."),
        ("+part@cue.parts.rare=null", "part@cue.parts.rare is null; allowed are "),
        ("runs=null", "runs is None; allowed is the path of a folder."),
        ("study=null", "study is None; allowed is a name."),
        ("data.cache_dir=null", "data.cache_dir is None; allowed is the path of a folder."),
    ],
)
def test_a_mistake_is_one_sentence(
    mistake: Mistake, tiny: list[str], setting: str, message: str
) -> None:
    assert message in mistake("train", *tiny, setting)


def test_processes_with_nothing_to_share_are_told(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    done = vadlit("train", *tiny, "trainer.devices=2", "data.stretch=4", runs=tmp_path)
    assert done.returncode == 2
    told = "vadlit: data.stretch is 4; allowed with data.batch_size=4 are 5, 6, 8."
    assert done.stderr.splitlines() == [told]


@pytest.mark.parametrize(
    "setting",
    [
        "data.root=/nowhere",
        "data.cache_dir=/proc",
        "tracking.uri=http://127.0.0.1:9",
        "trainer.strategy=nonsense",
    ],
)
def test_what_cannot_be_trained_anew_stays(
    mistake: Mistake, tiny: list[str], setting: str, tmp_path: Path
) -> None:
    command = ("train", *tiny, setting, f"runs={tmp_path}")
    mistake(*command)
    (folder,) = tmp_path.glob("tiny/base-none-1-*")
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "last.ckpt").write_text("weights")
    (folder / "run.json").write_text('{"run_id": "abc"}')
    mistake(*command)
    assert (folder / "run.json").read_text() == '{"run_id": "abc"}'
    assert (folder / "checkpoints" / "last.ckpt").read_text() == "weights"


def test_a_full_disk_is_a_sentence(mistake: Mistake, tiny: list[str], tmp_path: Path) -> None:
    untrained = ["score=vadlit", "threshold=sigma", "alarm=none"]  # so that no epoch is told
    with room_for_files_of(4_000_000):
        told = mistake("train", *tiny, *untrained, f"runs={tmp_path}")
    assert f"runs is {tmp_path}, which cannot be written: File too large." in told


def test_output_is_quiet_without_a_terminal(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    done = vadlit("train", *tiny, runs=tmp_path)
    assert done.returncode == 0
    *tables, following = (line for line in done.stdout.split("\n") if line)
    assert [line.split()[0] for line in tables] == ["model", "base-none-1"] * 2
    (checkpoint,) = tmp_path.glob("*/*/checkpoints/last.ckpt")
    assert (
        following == f"{checkpoint}: next: vadlit detect checkpoint={checkpoint} source=... out=..."
    )
    assert [line.split()[0] for line in done.stderr.strip().splitlines()] == ["epoch"]


def test_a_cue_that_needs_no_prediction_trains_no_decoder(
    vadlit: Vadlit, tiny: list[str], tmp_path: Path
) -> None:
    settings = [*tiny, "score=vadlit", "threshold=sigma", "alarm=none", "study=fused"]
    done = vadlit("train", *settings, runs=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "epoch" not in done.stderr
    (checkpoint,) = tmp_path.glob("fused/*/checkpoints/last.ckpt")
    again = vadlit("evaluate", f"checkpoint={checkpoint}")
    assert again.returncode == 0, again.stderr
    assert done.stdout.startswith(again.stdout)
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    run = json.loads((checkpoint.parents[1] / "run.json").read_text())["run_id"]
    curves = {name for name in client.get_run(run).data.metrics if "/" in name}
    assert curves == {"score/01", "score/02", "score/03"}
