"""What is logged is what MLflow's own client reads back."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from matplotlib.figure import Figure
from mlflow.tracking import MlflowClient
from PIL import Image

from vadlit.errors import UserError
from vadlit.tracking.run import CHARACTERS, PARENT, Tracker, track

LOG = """
import sys
from vadlit.tracking.run import track

uri, name = sys.argv[1:]
with track(uri, "together", name) as tracker:
    tracker.log_params({"name": name})
    tracker.log_curve("curve", range(500), [float(i) for i in range(500)])
    tracker.log_text("name.txt", name)
"""


def artifact(reader: MlflowClient, run_id: str, path: str) -> Path:
    """Where a file of a run lies."""
    folder = url2pathname(urlsplit(reader.get_run(run_id).info.artifact_uri).path)
    return Path(folder) / path


def test_params_of_any_number_and_length(uri: str, reader: MlflowClient) -> None:
    many = {f"p{i}": i for i in range(230)}
    with track(uri, "params", "one") as tracker:
        tracker.log_params(many | {"long": "x" * (CHARACTERS + 50), "list": [32, 64]})
    found = reader.get_run(tracker.run_id).data.params
    assert found == {k: str(v) for k, v in many.items()} | {"long": "x" * 6000, "list": "[32, 64]"}


def test_a_resumed_run_keeps_its_params_and_gets_new_ones(uri: str, reader: MlflowClient) -> None:
    with track(uri, "params", "one") as tracker:
        tracker.log_params({"epochs": 2, "seed": 0})
    with track(uri, "params", "other", run_id=tracker.run_id) as again:
        again.log_params({"epochs": 3, "seed": 0, "model": "base"})
    assert again.run_id == tracker.run_id
    found = reader.get_run(tracker.run_id).data.params
    assert found == {"epochs": "2", "seed": "0", "model": "base"}


def test_metrics_by_step(uri: str, reader: MlflowClient) -> None:
    with track(uri, "metrics", "one") as tracker:
        tracker.log_metrics({"loss": 0.5, "psnr": 20})
        tracker.log_metrics({"loss": 0.25}, step=1)
    history = reader.get_metric_history(tracker.run_id, "loss")
    assert [(x.step, x.value) for x in history] == [(0, 0.5), (1, 0.25)]
    assert reader.get_run(tracker.run_id).data.metrics == {"loss": 0.25, "psnr": 20.0}


def test_a_long_curve_is_complete_and_in_order(uri: str, reader: MlflowClient) -> None:
    steps = list(range(4, 10_004))
    values = [-20 - step / 1000 for step in steps]
    with track(uri, "curve", "one") as tracker:
        tracker.log_curve("psnr/Test001", steps, values)
    history = reader.get_metric_history(tracker.run_id, "psnr/Test001")
    assert [(x.step, x.value) for x in history] == list(zip(steps, values, strict=True))


def test_a_curve_needs_a_value_for_each_step(uri: str) -> None:
    with pytest.raises(ValueError, match="shorter"), track(uri, "curve", "one") as tracker:
        tracker.log_curve("curve", [1, 2, 3], [1.0, 2.0])


def test_json_is_strict(uri: str, reader: MlflowClient) -> None:
    with track(uri, "files", "one") as tracker:
        tracker.log_json("roc/frame.json", {"area": 0.5, "none": None})
        with pytest.raises(ValueError, match="not JSON compliant"):
            tracker.log_json("bad.json", {"area": float("nan")})
    file = artifact(reader, tracker.run_id, "roc/frame.json")
    assert json.loads(file.read_text()) == {"area": 0.5, "none": None}
    assert not artifact(reader, tracker.run_id, "bad.json").exists()


def test_figures_and_folders(uri: str, reader: MlflowClient, tmp_path: Path) -> None:
    (tmp_path / "local" / "deep").mkdir(parents=True)
    (tmp_path / "local" / "deep" / "note.txt").write_text("seen")
    with track(uri, "files", "one") as tracker:
        tracker.log_figure("figures/empty.png", Figure(figsize=(2, 1), dpi=100))
        tracker.log_folder(tmp_path / "local", "results")
        tracker.log_folder(tmp_path / "local")
    with Image.open(artifact(reader, tracker.run_id, "figures/empty.png")) as image:
        assert image.size == (200, 100)
    for place in ("results/deep/note.txt", "deep/note.txt"):
        assert artifact(reader, tracker.run_id, place).read_text() == "seen"


def test_tags(uri: str, reader: MlflowClient) -> None:
    with track(uri, "tags", "one") as tracker:
        tracker.set_tags({"vadlit.role": "sweep"})
    run = reader.get_run(tracker.run_id)
    assert run.data.tags["vadlit.role"] == "sweep"
    assert run.info.run_name == "one"


def test_a_run_is_open_and_then_finished(uri: str, reader: MlflowClient) -> None:
    with track(uri, "ends", "one") as tracker:
        assert reader.get_run(tracker.run_id).info.status == "RUNNING"
    assert reader.get_run(tracker.run_id).info.status == "FINISHED"


def test_a_failed_run_holds_its_traceback(uri: str, reader: MlflowClient) -> None:
    with pytest.raises(ZeroDivisionError), track(uri, "ends", "one") as tracker:
        _ = 1 / 0
    assert reader.get_run(tracker.run_id).info.status == "FAILED"
    text = artifact(reader, tracker.run_id, "traceback.txt").read_text()
    assert text.startswith("Traceback")
    assert text.endswith("ZeroDivisionError: division by zero\n")


def test_a_full_disk_does_not_hide_what_failed(
    uri: str, reader: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Tracker, "log_text", full)
    with pytest.raises(ZeroDivisionError), track(uri, "ends", "one") as tracker:
        _ = 1 / 0
    assert reader.get_run(tracker.run_id).info.status == "FAILED"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_run_is_killed(
    uri: str, reader: MlflowClient, stop: type[BaseException]
) -> None:
    with pytest.raises(stop), track(uri, "ends", "one") as tracker:
        raise stop
    assert reader.get_run(tracker.run_id).info.status == "KILLED"


def test_a_reopened_run_goes_on(uri: str, reader: MlflowClient) -> None:
    with track(uri, "reopened", "one") as tracker:
        tracker.log_metrics({"loss": 0.5}, step=0)
    with track(uri, "reopened", "one", run_id=tracker.run_id) as again:
        assert reader.get_run(tracker.run_id).info.status == "RUNNING"
        again.log_metrics({"loss": 0.25}, step=1)
    assert reader.get_run(tracker.run_id).info.status == "FINISHED"
    history = reader.get_metric_history(tracker.run_id, "loss")
    assert [(x.step, x.value) for x in history] == [(0, 0.5), (1, 0.25)]


def test_an_unknown_run_cannot_be_reopened(uri: str) -> None:
    unknown = "0" * 32
    with (
        pytest.raises(UserError, match=f"no run {unknown}"),
        track(uri, "reopened", "one", run_id=unknown),
    ):
        pass


def test_a_run_of_the_environment_is_not_written_to(
    uri: str, reader: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with track(uri, "parents", "parent") as parent:
        monkeypatch.setenv("MLFLOW_RUN_ID", parent.run_id)
        with track(uri, "parents", "child", parent=parent.run_id) as child:
            child.log_metrics({"loss": 1.0})
    assert child.run_id != parent.run_id
    assert reader.get_run(parent.run_id).data.metrics == {}
    assert PARENT not in reader.get_run(parent.run_id).data.tags
    assert reader.get_run(child.run_id).data.tags["mlflow.parentRunId"] == parent.run_id


def test_a_reopened_run_belongs_to_the_sweep_that_goes_on_with_it(
    uri: str, reader: MlflowClient
) -> None:
    parents = []
    for name in ("killed", "second"):
        with track(uri, "parents", name) as parent:
            parents.append(parent.run_id)
    with track(uri, "parents", "child", parent=parents[0]) as child:
        pass
    with track(uri, "parents", "child", run_id=child.run_id, parent=parents[1]):
        pass
    assert reader.get_run(child.run_id).data.tags[PARENT] == parents[1]
    # Gone on with by itself, it stays where it was.
    with track(uri, "parents", "child", run_id=child.run_id):
        pass
    assert reader.get_run(child.run_id).data.tags[PARENT] == parents[1]


@pytest.mark.slow
def test_processes_that_start_at_once_lose_nothing(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'new' / 'mlflow.db'}"
    names = ["a", "b", "c"]
    jobs = [subprocess.Popen([sys.executable, "-c", LOG, uri, name]) for name in names]
    assert [job.wait(timeout=300) for job in jobs] == [0, 0, 0]
    reader = MlflowClient(uri)
    (experiment,) = [x for x in reader.search_experiments() if x.name == "together"]
    runs = reader.search_runs([experiment.experiment_id])
    assert sorted(run.data.params["name"] for run in runs) == names
    for run in runs:
        assert run.info.status == "FINISHED"
        assert len(reader.get_metric_history(run.info.run_id, "curve")) == 500
        file = artifact(reader, run.info.run_id, "name.txt")
        assert file.read_text() == run.data.params["name"]


def test_a_curve_of_footage_with_an_odd_name(uri: str, reader: MlflowClient) -> None:
    with track(uri, "curves", "one") as tracker:
        tracker.log_curve("score/line (1)+b,c", [4, 5], [0.5, 1.5])
    history = reader.get_metric_history(tracker.run_id, "score/line _1__b_c")
    assert [(x.step, x.value) for x in history] == [(4, 0.5), (5, 1.5)]
