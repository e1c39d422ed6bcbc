from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from skimage.transform import warp
from torch import Tensor, nn

from tests.models.augmentation.footage import assert_uniform, sequences, still
from vadlit.errors import UserError
from vadlit.models.augmentation.general import General, _move
from vadlit.models.augmentation.lighting import Lighting

CONFIGS = Path(__file__).parents[3] / "conf" / "augmentation"
GREY = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)
OFF = {"rotation": 0.0, "translation": 0.0, "brightness": 0.0, "saturation": 0.0}


def only(**ranges: float) -> General:
    return General(**{**OFF, **ranges})


Make = Callable[[], nn.Module]


class Motion(NamedTuple):
    """angle: Degrees (B,). shift: Pixels (B, 2). scale: Area after by area before (B,)."""

    angle: Tensor
    shift: Tensor
    scale: Tensor


def motion(augmentation: nn.Module, batch: int, size: int = 65) -> Motion:
    """Recover the motions from a picture whose red is x and whose green is y."""
    # Far from 0 and 1, so that the ramp never clips.
    ramp = 0.25 + 0.5 * torch.arange(size, dtype=torch.float64) / (size - 1)
    picture = torch.stack([ramp.expand(size, size), ramp[:, None].expand(size, size)])
    picture = torch.cat([picture, torch.full((1, size, size), 0.5)])
    changed = augmentation(still(picture, batch, frames=1))[:, 0, :2]
    source = (changed - 0.25) / 0.5 * (size - 1)
    middle = size // 2
    centre = source[:, :, middle, middle]
    right = source[:, :, middle, middle + 8] - centre
    down = source[:, :, middle + 8, middle] - centre
    # source = A (place - middle - shift) + middle, so that shift = A^-1 (middle - source).
    matrix = torch.stack([right, down], dim=2) / 8
    shift = torch.linalg.solve(matrix, middle - centre)
    angle = torch.rad2deg(torch.atan2(matrix[:, 1, 0], matrix[:, 0, 0]))
    return Motion(angle, shift, torch.linalg.det(matrix))


@pytest.mark.parametrize("degrees", [5.0, 20.0])
def test_rotates_about_the_centre_evenly_to_both_limits(degrees: float) -> None:
    torch.manual_seed(0)
    angle, shift, scale = motion(only(rotation=degrees), 600)
    assert_uniform(angle, degrees)
    torch.testing.assert_close(shift, torch.zeros_like(shift), rtol=0, atol=1e-3)
    torch.testing.assert_close(scale, torch.ones_like(scale), rtol=0, atol=1e-4)


@pytest.mark.parametrize("pixels", [2.0, 6.5])
def test_shifts_both_ways_evenly_to_both_limits(pixels: float) -> None:
    torch.manual_seed(0)
    angle, shift, _ = motion(only(translation=pixels), 600)
    across, down = shift.unbind(1)
    assert_uniform(across, pixels)
    assert_uniform(down, pixels)
    assert np.corrcoef(across, down)[0, 1] == pytest.approx(0, abs=0.15)
    torch.testing.assert_close(angle, torch.zeros_like(angle), rtol=0, atol=1e-3)


def test_rotation_and_shift_are_drawn_apart() -> None:
    torch.manual_seed(0)
    angle, shift, scale = motion(only(rotation=5.0, translation=2.0), 600)
    assert_uniform(angle, 5.0)
    assert_uniform(shift[:, 0], 2.0)
    assert_uniform(shift[:, 1], 2.0)
    correlation = np.corrcoef(np.stack([angle, *shift.unbind(1)]))
    assert np.abs(correlation - np.eye(3)).max() < 0.15
    torch.testing.assert_close(scale, torch.ones_like(scale), rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (Lighting, 0.15),
        (lambda: Lighting(0.4), 0.4),
        (lambda: only(brightness=0.1), 0.1),
        (lambda: only(brightness=0.3), 0.3),
    ],
)
def test_brightness_is_a_gain_drawn_evenly_to_both_limits(make: Make, limit: float) -> None:
    torch.manual_seed(0)
    picture = 0.2 + 0.4 * sequences(1, 8, 8)[0, 0]
    gains = (make()(still(picture, 600)) / picture).flatten(1)
    torch.testing.assert_close(gains, gains[:, :1].expand_as(gains), rtol=0, atol=1e-3)
    assert_uniform(gains[:, 0], limit, centre=1.0)


def test_too_much_light_is_clipped() -> None:
    torch.manual_seed(0)
    changed = Lighting(0.5)(torch.full((50, 5, 3, 4, 4), 0.9))
    assert (changed == 1).any()
    assert changed.max() == 1


@pytest.mark.parametrize("limit", [0.1, 0.4])
def test_saturation_scales_the_distance_from_grey_evenly_to_both_limits(limit: float) -> None:
    torch.manual_seed(0)
    picture = 0.3 + 0.3 * sequences(1, 8, 8)[0, 0]
    grey = (GREY * picture).sum(dim=0, keepdim=True)
    changed = only(saturation=limit)(still(picture, 600))
    factors = ((changed[:, 0] - grey) * (picture - grey)).sum((1, 2, 3))
    factors = factors / (picture - grey).square().sum()
    assert_uniform(factors, limit, centre=1.0)
    expected = grey + factors.view(-1, 1, 1, 1) * (picture - grey)
    torch.testing.assert_close(changed[:, 0], expected, rtol=0, atol=1e-3)
    greys = (GREY * changed).sum(dim=-3)
    torch.testing.assert_close(greys, grey[0].expand_as(greys), rtol=0, atol=1e-3)


def test_light_and_colour_are_drawn_apart() -> None:
    torch.manual_seed(0)
    red = torch.tensor([0.6, 0.3, 0.3]).view(3, 1, 1).expand(3, 4, 4)
    changed = only(brightness=0.1, saturation=0.1)(still(red, 600, frames=1))[:, 0, :, 2, 2]
    gains = (GREY.view(3) * changed).sum(1) / (GREY.view(3) * red[:, 0, 0]).sum()
    factors = (changed[:, 0] - changed[:, 1]) / 0.3 / gains
    assert_uniform(gains, 0.1, centre=1.0)
    assert_uniform(factors, 0.1, centre=1.0)
    assert np.corrcoef(gains, factors)[0, 1] == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("make", [lambda: General(**OFF), lambda: Lighting(0.0)])
def test_ranges_of_0_change_nothing(make: Make) -> None:
    x = sequences(3)
    torch.testing.assert_close(make()(x), x, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", OFF)
def test_each_range_alone_changes_something(name: str) -> None:
    torch.manual_seed(0)
    x = sequences(2)
    assert not torch.allclose(only(**{name: 0.5})(x), x, atol=1e-2)


@pytest.mark.parametrize("angle", [0.0, 3.5, -5.0, 40.0])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (1.5, -2.0), (-7.25, 3.0)])
def test_a_move_equals_scikit_image(angle: float, shift: tuple[float, float]) -> None:
    x = sequences(1, 24, 37, frames=2).double()
    moved = _move(x, torch.tensor([angle]).double(), torch.tensor([shift]).double())
    turn = np.deg2rad(angle)
    # Clockwise on the screen, where y points down.
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle, inverse = np.array([18.0, 11.5]), np.eye(3)
    inverse[:2, :2] = matrix.T
    inverse[:2, 2] = middle - matrix.T @ (middle + np.array(shift))
    for frame, channel in np.ndindex(2, 3):
        expected = warp(x[0, frame, channel].numpy(), inverse, order=1, mode="reflect")
        np.testing.assert_allclose(moved[0, frame, channel].numpy(), expected, atol=1e-6)


def test_nothing_black_comes_in_from_outside() -> None:
    torch.manual_seed(0)
    white = torch.ones(16, 5, 3, 32, 64)
    moved = only(rotation=180.0, translation=100.0)(white)
    torch.testing.assert_close(moved, white)


@pytest.mark.parametrize(
    ("name", "highest"),
    [("rotation", 180), ("translation", 100), ("brightness", 1), ("saturation", 1)],
)
def test_a_range_out_of_bounds_is_named(name: str, highest: float) -> None:
    General(**{name: 0})
    General(**{name: highest})
    bad: list[Any] = [-0.1, highest + 0.1, float("nan"), float("inf"), "five", None]
    for value in bad:
        with pytest.raises(UserError, match=f"{name} is {value!r}; .* from 0 to {highest}"):
            General(**{name: value})
        if name == "brightness":
            with pytest.raises(UserError, match=f"brightness is {value!r}; .* from 0 to 1"):
                Lighting(value)


def test_configurations_are_the_thesis() -> None:
    lighting = instantiate(OmegaConf.load(CONFIGS / "lighting.yaml"))
    assert isinstance(lighting, Lighting)
    assert lighting.brightness == 0.15
    general = instantiate(OmegaConf.load(CONFIGS / "general.yaml"))
    assert isinstance(general, General)
    assert (general.rotation, general.translation) == (5.0, 2.0)
    assert (general.lighting.brightness, general.saturation) == (0.1, 0.1)


def test_no_augmentation_leaves_the_footage_as_recorded() -> None:
    x = sequences(1)
    assert torch.equal(instantiate(OmegaConf.load(CONFIGS / "none.yaml"))(x), x)
