from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf
from scipy.stats.mstats import mquantiles

from vadlit.errors import UserError
from vadlit.scoring.thresholds.quantile import Quantile


def test_between_two_scores_it_is_linear() -> None:
    threshold = Quantile(0.9)
    threshold.fit([np.array([4.0, 1.0]), np.array([2.0])])
    # Of three scores 0.9 is eight tenths of the way from the second to the third.
    assert threshold.value == pytest.approx(2 + 0.8 * 2)


@pytest.mark.parametrize("q", [0, 0.25, 0.999, 1])
def test_value_is_the_quantile_of_scipy(q: float) -> None:
    scores = np.random.default_rng(0).normal(-30, 3, 501)
    threshold = Quantile(q)
    threshold.fit([scores[:100], scores[100:]])
    expected = mquantiles(scores, [q], alphap=1, betap=1)[0]
    assert threshold.value == pytest.approx(expected, rel=1e-12)


BAD: list[Any] = [-0.1, 1.1, float("nan"), "three", None]


@pytest.mark.parametrize("q", BAD)
def test_a_q_that_is_none_is_named(q: Any) -> None:
    with pytest.raises(UserError, match=f"^The threshold's q is {q!r}; .* from 0 to 1.$"):
        Quantile(q)


def test_config_makes_the_threshold_and_an_override_changes_it() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/threshold/quantile.yaml")
    assert instantiate(config) == Quantile(0.999)
    assert instantiate(config, q=0.5) == Quantile(0.5)
