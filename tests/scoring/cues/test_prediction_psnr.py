from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from vadlit.scoring.cues.prediction_psnr import PredictionPSNR
from vadlit.scoring.view import Cue, View


def test_value_is_the_negated_psnr_of_the_prediction_and_the_map_its_error() -> None:
    cue: Cue = PredictionPSNR()
    frames = torch.zeros(5, 3, 4, 6)
    frames[-1] = 0.5
    value, heat, _ = cue(View(frames, torch.full((3, 4, 6), 0.6)))
    assert value == pytest.approx(-20.0, abs=1e-4)
    assert isinstance(value, float)
    torch.testing.assert_close(heat, torch.full((4, 6), 0.1))


def test_worse_predictions_score_higher() -> None:
    view = View(torch.zeros(5, 3, 4, 4), torch.full((3, 4, 4), 0.1))
    worse = View(torch.zeros(5, 3, 4, 4), torch.full((3, 4, 4), 0.2))
    assert PredictionPSNR()(worse).value > PredictionPSNR()(view).value


def test_config_makes_the_cue() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/cue/psnr.yaml")
    cue = instantiate(config)
    assert isinstance(cue, PredictionPSNR)
    assert cue.needs == {"frames", "prediction"}
