"""Rows run one by one, by name; what has been measured stays whatever comes after."""

import json
from pathlib import Path
from typing import Any

import pytest

from vadlit.benchmark.benchmark import benchmark, chosen
from vadlit.benchmark.figures import Figure, at_least
from vadlit.benchmark.report import new_file, table
from vadlit.errors import UserError

HERE = "tests.benchmark.test_benchmark"


def quick(value: float) -> list[Figure]:
    return [Figure("speed", [value, value + 2], "frames/s", at_least(3))]


def absent() -> str:
    return "there is no GPU"


def broken() -> list[Figure]:
    raise ValueError("broken")


ROWS: dict[str, Any] = {
    "quick": {"_target_": f"{HERE}.quick", "value": 1},
    "gpu": {"_target_": f"{HERE}.absent"},
}


def test_results_say_what_was_measured_where_and_how(tmp_path: Path) -> None:
    file = new_file(tmp_path / "history")
    outcomes = benchmark(ROWS, file)
    written = json.loads(file.read_text())
    assert {"git_commit", "versions", "machine", "threads", "load"} <= written.keys()
    row = written["rows"]["quick"]
    assert row["settings"] == ROWS["quick"]
    assert row["figures"][0]["values"] == [1, 3]
    assert written["rows"]["gpu"]["skipped"] == "there is no GPU"
    lines = table(outcomes).splitlines()
    assert " ".join(lines[1].split()) == "quick speed 2 1.5 to 2.5 frames/s at least 3 NO"
    assert lines[2] == "gpu: skipped, there is no GPU"


def test_a_row_that_fails_leaves_the_others_results(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    with pytest.raises(Exception, match="broken"):
        benchmark(ROWS | {"broken": {"_target_": f"{HERE}.broken"}}, file)
    assert set(json.loads(file.read_text())["rows"]) == set(ROWS)


def test_rows_are_chosen_by_name() -> None:
    assert chosen(ROWS, None) == ROWS
    assert list(chosen(ROWS, ["gpu"])) == ["gpu"]
    with pytest.raises(UserError, match="only names tpu; allowed are quick, gpu"):
        chosen(ROWS, ["tpu"])
    with pytest.raises(UserError, match=r"only is gpu; allowed is a list, as in only=\[quick\]"):
        chosen(ROWS, "gpu")
    with pytest.raises(UserError, match=r"only is \[\]; allowed is a list"):
        chosen(ROWS, [])
