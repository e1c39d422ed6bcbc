from math import log
from typing import Any

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, shift
from torch import Tensor

from vadlit.errors import UserError
from vadlit.scoring.cues.density import KINDS, PRIOR, Density
from vadlit.scoring.view import View


def moved(right: float, down: float = 0.0) -> View:
    """A texture that has moved so many pixels in the left half of the last of two frames."""
    texture = gaussian_filter(np.random.default_rng(0).random((96, 128)), 2, mode="wrap")
    texture = (texture - texture.min()) / np.ptp(texture)
    after = texture.copy()
    after[:, :64] = shift(texture, (down, right), order=3, mode="grid-wrap")[:, :64]
    frames = torch.from_numpy(np.stack([texture, after])).float().clip(0, 1)
    return View(frames[:, None].expand(-1, 3, -1, -1))


def halves(cells: Tensor) -> tuple[float, float]:
    """Median of the cells that move and of those that do not, away from what parts them."""
    left, right = cells[2:-2, 2:6], cells[2:-2, 10:-2]
    return left.median().item(), right.median().item()


@pytest.fixture(scope="module")
def conveyor() -> Density:
    """Learned where the left half moves by 2.5 pixels, in three frames of four, and else waits."""
    cue = Density()
    cue.learn([moved(0.0), *[moved(2.5)] * 3] * 25)
    return cue


def test_it_is_the_logarithm_of_the_share(conveyor: Density) -> None:
    left, right = halves(conveyor.cells(moved(2.5)))
    # A little more of what moves, and of what does not, comes from the rest of the picture.
    assert left == pytest.approx(-log(0.75), abs=0.05)
    assert right == pytest.approx(0, abs=0.05)
    assert halves(conveyor.cells(moved(0.0)))[0] == pytest.approx(-log(0.25), abs=0.1)


@pytest.mark.parametrize("other", [(-2.5, 0.0), (0.0, 2.5), (6.0, 0.0), (0.7, 0.0)])
def test_another_direction_or_speed_is_rare(conveyor: Density, other: tuple[float, float]) -> None:
    left, right = halves(conveyor.cells(moved(*other)))
    assert left > 5
    assert right < 0.1


def test_standing_still_is_rare_where_things_always_move() -> None:
    cue = Density()
    cue.learn([moved(2.5)] * 100)
    still = halves(cue.cells(moved(0.0)))
    assert still[0] > 2.5
    assert still[1] < 0.1


def test_a_probability_is_left_for_everything(conveyor: Density) -> None:
    density = (-conveyor.surprise).exp()
    assert density.shape == (KINDS, 12, 16)
    assert density.min() > 0
    torch.testing.assert_close(density.sum(dim=0), torch.ones(12, 16))
    assert conveyor.surprise.max().item() < log((100 + PRIOR) * 100 * 12 * 16)


def test_what_was_learned_is_given_back(conveyor: Density) -> None:
    other = Density()
    other.restore(conveyor.state())
    assert torch.equal(other.cells(moved(1.2)), conveyor.cells(moved(1.2)))


@pytest.mark.parametrize("window", [7, 0])
def test_a_window_that_is_no_even_number_is_refused(window: Any) -> None:
    with pytest.raises(UserError, match=rf"cue\.parts\.density\.window is {window}; .* even .* 8"):
        Density(window)
