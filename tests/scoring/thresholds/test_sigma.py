from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from vadlit.errors import UserError
from vadlit.scoring.thresholds.sigma import Sigma

SCORES = [-34.0, -31.5, -33.25, -30.0, -36.0]


@pytest.mark.parametrize("k", [0, 1.0, 2.5])
def test_value_is_the_mean_and_k_standard_deviations(k: float) -> None:
    threshold = Sigma(k)
    threshold.fit(np.array(SCORES))
    assert threshold.value == pytest.approx(fmean(SCORES) + k * pstdev(SCORES), rel=1e-12)


def test_one_score_has_no_deviation() -> None:
    threshold = Sigma(3.0)
    threshold.fit(np.array([-30.0]))
    assert threshold.value == -30.0


BAD: list[Any] = [-1.0, float("nan"), float("inf"), "three", None]


@pytest.mark.parametrize("k", BAD)
def test_a_k_that_is_none_is_named(k: Any) -> None:
    with pytest.raises(UserError, match=f"^The threshold's k is {k!r}; .* at least 0"):
        Sigma(k)


def test_config_makes_the_threshold_and_an_override_changes_it() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/threshold/sigma.yaml")
    assert instantiate(config) == Sigma(3.0)
    assert instantiate(config, k=1.5) == Sigma(1.5)
