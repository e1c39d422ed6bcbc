"""What is detected is what is evaluated, from the checkpoint alone."""

import csv
import json
import subprocess
from pathlib import Path

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


def test_detection_gives_the_scores_of_evaluation(
    vadlit: Vadlit, checkpoint: Path, ped2_repack: Path, tmp_path: Path
) -> None:
    evaluated = vadlit(
        "evaluate", f"checkpoint={checkpoint}", "+data.cache=false", f"output={tmp_path / 'e'}"
    )
    assert evaluated.returncode == 0, evaluated.stderr
    done = vadlit(
        "detect",
        f"checkpoint={checkpoint}",
        f"source={ped2_repack / 'testing' / 'frames'}",
        f"out={tmp_path / 'd'}",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    events, decisions = read_scores(tmp_path / "e" / "scores" / "test.parquet")
    assert [file["name"] for file in told["files"]] == [event.event for event in events]
    for event, decided in zip(events, decisions, strict=True):
        with (tmp_path / "d" / "scores" / f"{event.event}.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert [int(row["frame"]) for row in rows] == event.frames.tolist()
        # Nine digits are written.
        scores = [float(row["score"]) for row in rows]
        assert scores == pytest.approx(event.score.tolist(), rel=1e-8)
        assert [row["flagged"] == "1" for row in rows] == decided.tolist()


def test_a_back_end_is_chosen(
    vadlit: Vadlit, checkpoint: Path, ped2_repack: Path, tmp_path: Path
) -> None:
    need("onnx", "onnxruntime")
    given = [f"checkpoint={checkpoint}", f"source={ped2_repack / 'testing' / 'frames' / '01'}"]
    peaks = []
    for backend in ("torch", "onnx"):
        done = vadlit("detect", *given, f"out={tmp_path}", f"backend={backend}", "--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        # With another back end it is done again.
        assert told["frames_per_second"] is not None
        peaks.append(told["files"][0]["peak"])
    assert peaks[0] != peaks[1] == pytest.approx(peaks[0], abs=1e-3)


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
