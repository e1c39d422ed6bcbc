"""The whole application on tiny sizes."""

import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch

from tests.commands.conftest import Mistake, Vadlit
from vadlit.benchmark.figures import Figure
from vadlit.benchmark.memory import memory
from vadlit.benchmark.startup import startup

TINY = [
    "size=[32,64]",
    "batch_size=2",
    "batches=3",
    "turns=1",
    "rows.augmented.stretches=[6,5]",
    "rows.prediction={size:[32,64],frames:6}",
    "rows.encoding={size:[32,64],frames:3}",
    "rows.preset.frames=8",
    "rows.filming={lines:[can],size:[32,64],frames:3,turns:1}",
    "rows.growth={frames:[40,80],batches:3,turns:1}",
]
ROWS = [
    "training",
    "augmented",
    "losses",
    "prediction",
    "encoding",
    "preset",
    "growth",
    "gpu",
    "filming",
]


@pytest.mark.slow
def test_every_row_says_something(vadlit: Vadlit, tmp_path: Path) -> None:
    done = vadlit("benchmark", *TINY, f"only=[{','.join(ROWS)}]", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("*.json")
    rows = json.loads(file.read_text())["rows"]
    assert list(rows) == ROWS
    told = {name: row.get("figures", row.get("skipped")) for name, row in rows.items()}
    skipped = {name: why for name, why in told.items() if isinstance(why, str)}
    if not torch.cuda.is_available():
        assert skipped.pop("gpu") == "there is no graphics card here"
    assert not skipped
    figures = [figure for row in told.values() if not isinstance(row, str) for figure in row]
    assert all(figure["median"] > 0 for figure in figures)
    assert "vadlit over the thesis's way" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("row", [partial(startup, turns=1), partial(memory, minutes=0.1)])
def test_rows_of_detection_in_a_process_of_its_own(
    row: Callable[..., list[Figure]],
    monkeypatch: pytest.MonkeyPatch,
    workplace: Path,
    sweep: "subprocess.CompletedProcess[str]",
) -> None:
    assert sweep.returncode == 0, sweep.stderr
    (checkpoint,) = (workplace / "runs" / "tiny").glob("base-none-1-*/checkpoints/last.ckpt")
    # Any detector will do, and this one is there.
    for name in ("startup", "memory"):
        monkeypatch.setattr(f"vadlit.benchmark.{name}.train_preset", lambda *_: checkpoint)
    assert all(figure.median > 0 for figure in row(size=[32, 64]))


def test_a_row_that_is_not_there_is_told(mistake: Mistake) -> None:
    assert (
        "only names training2; allowed are training, augmented, losses, whole, prediction"
        in mistake("benchmark", "only=[training2]")
    )
