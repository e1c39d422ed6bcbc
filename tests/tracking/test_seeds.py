from collections.abc import Sequence

import numpy as np
import pytest

from vadlit.tracking.seeds import Row, over_seeds


def job(name: str, seed: int, frame: float, case: float | None = 0.5) -> Row:
    return {"name": name, "seed": str(seed), "frame_auroc": frame, "case_auroc": case}


def settings(row: Row, **others: str) -> dict[str, str]:
    """As MLflow keeps them: all that `name` is made of, seeds, and places."""
    seeds = {"seed": row["seed"], "data.seed": row["seed"]}
    return {"model": row["name"], **seeds, "runs": f"/{row['seed']}", **others}


def averages(rows: Sequence[Row]) -> list[Row]:
    return over_seeds(rows, [settings(row) for row in rows])


def test_mean_and_sample_deviation_of_jobs_that_differ_in_their_seed() -> None:
    values = [0.70, 0.74, 0.69]
    rows = [job("a", seed, value) for seed, value in enumerate(values)] + [job("b", 0, 0.9)]
    mean, deviation = averages(rows)
    assert (mean["name"], deviation["name"]) == ("a, mean of 3 seeds", "a, deviation")
    assert mean["frame_auroc"] == pytest.approx(np.mean(values))
    assert deviation["frame_auroc"] == pytest.approx(np.std(values, ddof=1))
    assert deviation["case_auroc"] == 0


def test_names_may_be_mixed() -> None:
    rows = [job("b", 0, 0.1), job("a", 0, 0.2), job("b", 1, 0.3), job("a", 1, 0.6)]
    means = {row["name"]: row["frame_auroc"] for row in averages(rows) if "mean" in row["name"]}
    assert means == pytest.approx({"a, mean of 2 seeds": 0.4, "b, mean of 2 seeds": 0.2})


def test_a_seed_that_was_run_again_counts_once() -> None:
    assert averages([job("a", 0, 0.1), job("a", 0, 0.3)]) == []


def test_jobs_of_one_name_that_differ_in_more_are_kept_apart() -> None:
    rows = [job("a", seed, value) for value in (0.9, 0.6) for seed in range(2)]
    windows = ["5", "5", "10", "10"]
    given = [settings(row, window=window) for row, window in zip(rows, windows, strict=True)]
    means = [row["frame_auroc"] for row in over_seeds(rows, given) if "mean" in row["name"]]
    assert means == pytest.approx([0.9, 0.6])


def test_where_a_job_ran_is_no_difference() -> None:
    rows = [job("a", 0, 0.1), job("a", 1, 0.3)]
    places = ({"data.cache_dir": "/a", "tracking.uri": "x"}, {"data.cache_dir": "/b"})
    given = [settings(row, **place) for row, place in zip(rows, places, strict=True)]
    assert len(over_seeds(rows, given)) == 2


def test_what_one_job_lacks_has_no_mean() -> None:
    mean, deviation = averages([job("a", 0, 0.1), job("a", 1, 0.3, None)])
    assert mean["case_auroc"] is None
    assert deviation["case_auroc"] is None
    assert mean["frame_auroc"] == pytest.approx(0.2)
