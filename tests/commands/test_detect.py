"""What is detected is what is evaluated, from the checkpoint alone."""

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.backends.extras import need
from tests.commands.conftest import Mistake, Vadlit
from vadlit.evaluation.scores import read_scores


@pytest.fixture(scope="module")
def checkpoint(workplace: Path, sweep: "subprocess.CompletedProcess[str]") -> Path:
    """The last one of the sweep's `base` without augmentation."""
    assert sweep.returncode == 0, sweep.stderr
    (found,) = (workplace / "runs" / "tiny").glob("base-none-1-*/checkpoints/last.ckpt")
    return found


@pytest.fixture(scope="module")
def detected(
    vadlit: Vadlit, checkpoint: Path, ped2_repack: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What is told of the test clips."""
    out = tmp_path_factory.mktemp("detected")
    source = ped2_repack / "testing" / "frames"
    done = vadlit("detect", f"checkpoint={checkpoint}", f"source={source}", f"out={out}", "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_detection_gives_the_scores_of_evaluation(
    vadlit: Vadlit, checkpoint: Path, detected: dict[str, Any], tmp_path: Path
) -> None:
    evaluated = vadlit(
        "evaluate", f"checkpoint={checkpoint}", "+data.cache=false", f"out={tmp_path}"
    )
    assert evaluated.returncode == 0, evaluated.stderr
    events, decisions = read_scores(tmp_path / "scores" / "test.parquet")
    assert [file["name"] for file in detected["files"]] == [event.event for event in events]
    for event, decided in zip(events, decisions, strict=True):
        with (Path(detected["out"]) / "scores" / f"{event.event}.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert [int(row["frame"]) for row in rows] == event.frames.tolist()
        # Nine digits are written.
        scores = [float(row["score"]) for row in rows]
        assert scores == pytest.approx(event.score.tolist(), rel=1e-8)
        assert [row["flagged"] == "1" for row in rows] == decided.tolist()


def test_with_another_back_end_it_is_done_again_to_nearly_the_same_numbers(
    vadlit: Vadlit, checkpoint: Path, detected: dict[str, Any]
) -> None:
    need("onnx", "onnxruntime")
    first = detected["files"][0]
    given = (f"source={first['source']}", f"out={detected['out']}", "backend=onnx")
    done = vadlit("detect", f"checkpoint={checkpoint}", *given, "--json")
    assert done.returncode == 0, done.stderr
    again = json.loads(done.stdout)
    assert again["frames_per_second"] is not None
    # Rounded as a score is, they may even be the same.
    assert again["files"][0]["peak"] == pytest.approx(first["peak"], abs=1e-3)


def test_broken_footage_ends_in_exit_code_1(
    vadlit: Vadlit, checkpoint: Path, ped2_repack: Path, tmp_path: Path
) -> None:
    (tmp_path / "line.mp4").write_bytes(b"no video")
    whole = ped2_repack / "testing" / "frames" / "01"
    done = vadlit(
        "detect",
        f"checkpoint={checkpoint}",
        f"source=[{tmp_path / 'line.mp4'},{whole}]",
        f"out={tmp_path / 'out'}",
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"vadlit: The file {tmp_path / 'line.mp4'} cannot be read as a video")
    assert done.stdout.splitlines()[-1].endswith("broken: line")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["source=0", "out=a"], "allowed is one of them"),
        (["checkpoint=a.ckpt", "source=0"], "out is None"),
        (["checkpoint=a.ckpt", "out=a"], "source is None"),
        (["checkpoint=/nowhere.ckpt", "source=0", "out=a"], "There is no checkpoint /nowhere"),
    ],
)
def test_a_mistake_is_one_sentence(mistake: Mistake, given: list[str], message: str) -> None:
    assert message in mistake("detect", *given)
