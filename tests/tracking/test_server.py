"""Addresses: SQLite is absolute and self-contained, everything else answers or says why not."""

import socket
from pathlib import Path
from time import monotonic

import pytest
from mlflow.tracking import MlflowClient

from vadlit.errors import UserError
from vadlit.tracking.run import track
from vadlit.tracking.server import absolute, connect


def test_a_relative_database_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    address = absolute("sqlite:///runs/mlflow.db")
    assert address == f"sqlite:///{tmp_path}/runs/mlflow.db"
    assert absolute(address) == address


@pytest.mark.parametrize("address", ["http://tracking:5000", "https://tracking/mlflow"])
def test_a_server_passes_through(address: str) -> None:
    assert absolute(address) == address


@pytest.mark.parametrize(
    "address", ["./mlruns", "mlruns", "file:///tmp/mlruns", "postgresql://x/y", "sqlite://", ""]
)
def test_other_addresses_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"tracking\.uri is .*; allowed are sqlite:///FILE"
    ) as error:
        absolute(address)
    assert f"tracking.uri is {address}" in str(error.value)


def test_no_address_is_refused() -> None:
    with pytest.raises(UserError, match=r"tracking\.uri is None; allowed are"):
        absolute(None)


def test_a_port_that_is_none_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"http://localhost:abc does not answer"):
        connect("http://localhost:abc")


def test_artifacts_lie_beside_the_database(uri: str, reader: MlflowClient) -> None:
    folder = Path(uri.removeprefix("sqlite:///")).parent
    with track(uri, "place", "one") as tracker:
        tracker.log_text("note.txt", "here")
    assert reader.get_run(tracker.run_id).info.artifact_uri.startswith(folder.as_uri())
    assert (folder / "artifacts" / tracker.run_id / "artifacts" / "note.txt").is_file()


def test_a_deleted_experiment_comes_back(uri: str, reader: MlflowClient) -> None:
    with track(uri, "deleted", "one"):
        pass
    experiment = reader.get_experiment_by_name("deleted")
    assert experiment is not None
    reader.delete_experiment(experiment.experiment_id)
    with track(uri, "deleted", "two") as tracker:
        pass
    assert reader.get_run(tracker.run_id).info.experiment_id == experiment.experiment_id


def test_an_experiment_that_another_job_has_just_made(
    uri: str, reader: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = reader.create_experiment("hasty")
    found = MlflowClient.get_experiment_by_name
    answers = iter([lambda *_: None])
    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", lambda *x: next(answers, found)(*x))
    with track(uri, "hasty", "one") as tracker:
        pass
    assert reader.get_run(tracker.run_id).info.experiment_id == made


def test_a_silent_server_is_named_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    start = monotonic()
    with pytest.raises(UserError, match=f"server {address} does not answer"):
        connect(address)
    # MLflow alone would try for minutes.
    assert monotonic() - start < 20


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match=r"file/mlflow\.db cannot be opened"):
        connect(f"sqlite:///{tmp_path}/file/mlflow.db")


@pytest.mark.parametrize("kind", ["folder", "other file"])
def test_what_is_no_database_is_named_at_once(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    if kind == "folder":
        file.mkdir()
    else:
        file.write_text("This is not a database. " * 100)
    start = monotonic()
    with pytest.raises(UserError, match=r"mlflow\.db cannot be opened"):
        connect(f"sqlite:///{file}")
    assert monotonic() - start < 20
