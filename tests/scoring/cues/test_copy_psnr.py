from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from vadlit.scoring.cues.copy_psnr import CopyPSNR
from vadlit.scoring.view import Cue, View


def test_value_compares_the_last_input_with_the_target_and_needs_no_prediction() -> None:
    cue: Cue = CopyPSNR()
    frames = torch.rand(5, 3, 4, 6, generator=torch.Generator().manual_seed(0))
    frames[-2], frames[-1] = 0.4, 0.5
    value, heat, _ = cue(View(frames))
    assert value == pytest.approx(-20.0, abs=1e-4)
    torch.testing.assert_close(heat, torch.full((4, 6), 0.1))


def test_still_footage_scores_the_cap_and_never_infinity() -> None:
    assert CopyPSNR()(View(torch.full((5, 3, 4, 4), 0.3))).value == -100.0


def test_config_makes_the_cue() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/cue/copy.yaml")
    cue = instantiate(config)
    assert isinstance(cue, CopyPSNR)
    assert cue.needs == {"frames"}
