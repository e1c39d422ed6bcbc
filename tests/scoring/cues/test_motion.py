from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift, uniform_filter
from torch import Tensor

from vadlit.errors import UserError
from vadlit.scoring.cells import grey
from vadlit.scoring.cues.motion import Motion
from vadlit.scoring.flow import contrast
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
    frames = torch.stack([*view.frames])
    frames[1, :, :, :64] = frames[0, :, :, :64]
    cells = inner(Motion(16).cells(View(frames)))
    assert cells[:, :4].max() < 0.5
    assert cells[:, -4:].min() > 3.0


def test_light_is_no_motion() -> None:
    frames = torch.stack([*moved(0.0).frames])
    frames[1] = frames[1] * 0.8 + 0.1
    assert inner(Motion(16).cells(View(frames))).median() < 0.3


def test_a_soft_shadow_is_hardly_a_motion() -> None:
    texture = moved(0.0).target[0].numpy()
    falls = [1 - 0.5 / (1 + np.exp((np.arange(128) - middle) / 8)) for middle in (50, 60)]
    frames = torch.from_numpy(np.stack([texture * fall for fall in falls])).float()
    cells = inner(Motion(16).cells(View(frames[:, None].expand(-1, 3, -1, -1))))
    assert cells.max() < 2.5  # the edge moves 10 pixels


def faint(view: View, share: float) -> View:
    """The same with little contrast."""
    return View(torch.stack([*view.frames]) * share + 0.5 * (1 - share))


def test_a_speed_counts_by_the_change_that_normal_footage_shows_at_it() -> None:
    plain, motion = faint(moved(6.0), 0.05), Motion(16)
    guessed = inner(motion.cells(plain))
    assert guessed.median() > 3
    motion.learn([moved(0.0), moved(6.0), moved(1.0)])
    assert inner(motion.cells(moved(6.0))).median().item() == pytest.approx(6, abs=0.3)
    change = [change_of(view) for view in (moved(6.0), plain)]
    assert motion.change.item() == pytest.approx(np.quantile(change[0], 0.1), rel=0.3)
    share = np.median(change[1]) / motion.change.item()
    assert share < 0.2
    assert inner(motion.cells(plain)).median() < 1.2 * share * guessed.median()


def change_of(view: View) -> NDArray[np.float64]:
    """Mean change of contrast around each inner cell, grey levels."""
    before, now = (contrast(grey(frame)).astype(np.float64) for frame in view.frames)
    return uniform_filter(np.abs(now - before), 16)[20:-20:8, 20:-20:8]


def test_what_was_learned_is_taken_back() -> None:
    learned, restored = Motion(16), Motion(16)
    learned.learn([moved(6.0)])
    restored.restore(learned.state())
    view = faint(moved(6.0), 0.05)
    assert torch.equal(restored.cells(view), learned.cells(view))
    assert not torch.equal(restored.cells(view), Motion(16).cells(view))


def test_what_is_kept_of_the_last_frame_changes_nothing() -> None:
    frames = [*moved(2.0).frames, *moved(3.0).frames]
    kept = Motion(16)
    for before, now in pairwise(frames):
        found = kept.cells(View([before, now]))
        assert torch.equal(found, Motion(16).cells(View([before.clone(), now.clone()])))


@pytest.mark.parametrize("window", [7, 15, 0, -2, "16", 4])
def test_a_window_that_is_no_even_number_is_refused(window: Any) -> None:
    with pytest.raises(UserError, match=rf"cue\.parts\.motion\.window is {window}; .* even .* 8"):
        Motion(window)
