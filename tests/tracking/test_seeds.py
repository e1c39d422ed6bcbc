import numpy as np
import pytest

from vadlit.tracking.seeds import over_seeds


def job(name: str, seed: int, frame: float, case: float | None = 0.5) -> dict[str, object]:
    return {"name": name, "seed": seed, "frame_auroc": frame, "case_auroc": case, "model": "base"}


def test_mean_and_sample_deviation_of_each_name() -> None:
    values = [0.70, 0.74, 0.69]
    rows = [job("a", seed, value) for seed, value in enumerate(values)] + [job("b", 0, 0.9)]
    mean, deviation = over_seeds(rows)
    assert (mean["name"], deviation["name"]) == ("a, mean of 3 seeds", "a, deviation")
    assert mean["frame_auroc"] == pytest.approx(np.mean(values))
    assert deviation["frame_auroc"] == pytest.approx(np.std(values, ddof=1))
    assert deviation["case_auroc"] == 0


def test_names_may_be_mixed() -> None:
    rows = [job("b", 0, 0.1), job("a", 0, 0.2), job("b", 1, 0.3), job("a", 1, 0.6)]
    means = {row["name"]: row["frame_auroc"] for row in over_seeds(rows) if "mean" in row["name"]}
    assert means == pytest.approx({"a, mean of 2 seeds": 0.4, "b, mean of 2 seeds": 0.2})


def test_a_seed_that_was_run_again_counts_once() -> None:
    assert over_seeds([job("a", 0, 0.1), job("a", 0, 0.3)]) == []


def test_what_one_job_lacks_has_no_mean() -> None:
    mean, deviation = over_seeds([job("a", 0, 0.1), job("a", 1, 0.3, None)])
    assert mean["case_auroc"] is None
    assert deviation["case_auroc"] is None
    assert mean["frame_auroc"] == pytest.approx(0.2)
