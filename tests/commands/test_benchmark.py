"""The whole application on tiny sizes."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Mistake, Vadlit

TINY = [
    "size=[32,64]",
    "batch_size=2",
    "batches=3",
    "turns=1",
    "rows.augmented.stretches=[6,5]",
    "rows.whole={frames:12,sequences:4,epochs:1}",
]


@pytest.mark.slow
def test_every_row_says_something(vadlit: Vadlit, tmp_path: Path) -> None:
    done = vadlit("benchmark", *TINY, "only=[training,augmented,losses]", f"out={tmp_path}")
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("*.json")
    rows = json.loads(file.read_text())["rows"]
    assert set(rows) == {"training", "augmented", "losses"}
    assert all(figure["median"] > 0 for row in rows.values() for figure in row["figures"])
    assert "vadlit over the thesis's way" in done.stdout


def test_a_row_that_is_not_there_is_told(mistake: Mistake) -> None:
    assert "only names training2; allowed are training, augmented, losses" in mistake(
        "benchmark", "only=[training2]"
    )
