import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, shift
from torch import Tensor

from vadlit.scoring.cues.motion import Motion
from vadlit.scoring.view import View


def moved(by: float) -> View:
    """A texture that moves `by` pixels to the right in the last of two frames."""
    texture = gaussian_filter(np.random.default_rng(0).random((96, 128)), 2, mode="wrap")
    texture = (texture - texture.min()) / np.ptp(texture)
    pair = [texture, shift(texture, (0, by), order=3, mode="grid-wrap")]
    frames = torch.from_numpy(np.stack(pair)).float().clip(0, 1)
    return View(frames[:, None].expand(-1, 3, -1, -1))


def inner(cells: Tensor) -> Tensor:
    """Cells whose surroundings do not leave the picture."""
    return cells[2:-2, 2:-2]


@pytest.mark.parametrize("speed", [0.0, 1.0, 2.5, 6.0])
def test_it_is_the_speed_in_pixels_a_frame(speed: float) -> None:
    cells = Motion(16).cells(moved(speed))
    assert cells.shape == (12, 16)
    assert inner(cells).median().item() == pytest.approx(speed, abs=0.15)


def test_it_says_where() -> None:
    view = moved(4.0)
    frames = view.frames.clone()
    frames[1, :, :, :64] = frames[0, :, :, :64]
    cells = inner(Motion(16).cells(View(frames)))
    assert cells[:, :4].max() < 0.5
    assert cells[:, -4:].min() > 3.0


def test_light_is_no_motion() -> None:
    frames = moved(0.0).frames.clone()
    frames[1] = frames[1] * 0.8 + 0.1
    assert inner(Motion(16).cells(View(frames))).median() < 0.3
