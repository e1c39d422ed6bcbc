from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from vadlit.errors import UserError
from vadlit.scoring.thresholds.margin import Margin


@pytest.mark.parametrize("decibels", [0, 1.5])
def test_value_is_above_the_worst_score(decibels: float) -> None:
    threshold = Margin(decibels)
    threshold.fit(np.array([-34.0, -30.0, -36.0]))
    assert threshold.value == -30.0 + decibels


def test_no_validation_frame_is_flagged() -> None:
    scores = np.random.default_rng(0).normal(-30, 3, 500)
    threshold = Margin(0.0)
    threshold.fit(scores)
    assert not threshold.decide(scores).any()


BAD: list[Any] = [-1.0, float("nan"), float("inf"), "three", None]


@pytest.mark.parametrize("decibels", BAD)
def test_decibels_that_are_none_are_named(decibels: Any) -> None:
    with pytest.raises(
        UserError, match=f"^The threshold's decibels is {decibels!r}; .* at least 0"
    ):
        Margin(decibels)


def test_config_makes_the_threshold_and_an_override_changes_it() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/threshold/margin.yaml")
    assert instantiate(config) == Margin(1.0)
    assert instantiate(config, decibels=0.5) == Margin(0.5)
