"""The logged detector is the saved one, in this process and in a new one."""

import json
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import pytest
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from tests.detectors import detector, footage
from vadlit.saved import load, save
from vadlit.tracking.model import log_detector
from vadlit.tracking.run import track

SERVE = """
import json, sys
import mlflow.pyfunc, numpy as np

model = mlflow.pyfunc.load_model(sys.argv[1])
print(json.dumps(model.predict(np.load(sys.argv[2])).to_dict("list")))
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a detector that flags some of the footage's frames and not others."""
    made = detector()
    found = [made.step(frame) for frame in footage(9)]
    made.threshold.value = float(np.median([x.score for x in found if x is not None]))
    save(made, folder := tmp_path_factory.mktemp("model") / "detector")
    return folder


@pytest.fixture(scope="module")
def logged(uri: str, reader: MlflowClient, saved: Path) -> str:
    """The address of a logged detector."""
    with warnings.catch_warnings(), track(uri, "model", "one") as tracker:
        warnings.simplefilter("error")
        log_detector(tracker, saved)
    return f"{reader.get_run(tracker.run_id).info.artifact_uri}/detector"


def expected(folder: Path) -> dict[str, list[float]]:
    """What the saved detector itself says."""
    made = load(folder)
    found = [score for frame in footage(9) if (score := made.step(frame)) is not None]
    return {
        "frame": [x.frame for x in found],
        "cue": [x.cue for x in found],
        "score": [x.score for x in found],
        "anomalous": made.threshold.decide(np.array([x.score for x in found])).tolist(),
    }


def test_its_predictions_are_the_detectors(logged: str, saved: Path) -> None:
    model = mlflow.pyfunc.load_model(logged)
    want = expected(saved)
    assert want["frame"] == [4, 5, 6, 7, 8]
    assert len(set(want["anomalous"])) == 2
    assert model.predict(footage(9)).to_dict("list") == want
    # Each call is an event of its own.
    assert model.predict(footage(9)).to_dict("list") == want
    assert len(model.predict(footage(4))) == 0


def test_requests_that_come_at_once_do_not_mix(logged: str, saved: Path) -> None:
    model, want = mlflow.pyfunc.load_model(logged), expected(saved)
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(model.predict, [footage(9)] * 16):
            assert found.to_dict("list") == want


def test_other_input_is_refused(logged: str) -> None:
    model = mlflow.pyfunc.load_model(logged)
    for wrong in (footage(6).astype(np.float64) / 255, footage(6)[..., :1]):
        with pytest.raises(MlflowException):
            model.predict(wrong)


def test_nothing_is_pickled(uri: str, reader: MlflowClient, logged: str) -> None:
    folder = Path(logged.removeprefix("file://"))
    files = {file.name for file in folder.rglob("*") if file.is_file()}
    assert {"MLmodel", "served.py", "decoder.safetensors", "detector.json"} <= files
    assert not [name for name in files if name.endswith((".pkl", ".pt", ".pth", ".ckpt"))]


def test_logging_is_quiet(
    uri: str, saved: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    with track(uri, "model", "quiet") as tracker:
        log_detector(tracker, saved)
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


@pytest.mark.slow
def test_it_serves_in_a_new_process(logged: str, saved: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "frames.npy", footage(9))
    command = [sys.executable, "-c", SERVE, logged, str(tmp_path / "frames.npy")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert json.loads(done.stdout.splitlines()[-1]) == expected(saved)
