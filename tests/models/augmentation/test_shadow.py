import math

import numpy as np
import pytest
import torch
from skimage.draw import polygon2mask
from torch import Tensor

from tests.models.augmentation.footage import assert_uniform, still
from vadlit.errors import UserError
from vadlit.models.augmentation.shadow import SIDES, Shadow, _soft_polygon


def gains(shadow: Shadow, batch: int, height: int = 48, width: int = 64) -> Tensor:
    shaded: Tensor = shadow(still(torch.ones(3, height, width), batch, frames=1))
    return shaded[:, 0, 0]


def test_the_inside_is_that_of_scikit_image() -> None:
    middle, angles = torch.tensor([[30.0, 20.0]]), torch.tensor([[0.3, 1.9, 3.2, 5.0]])
    distances = torch.tensor([[18.0, 9.0, 25.0, 12.0]])
    hidden = _soft_polygon(middle, angles, distances, torch.tensor([1e-4]), 48, 64)[0]
    sides = list(zip(angles[0].tolist(), distances[0].tolist(), strict=True))
    corners = []
    for (a, p), (b, q) in zip(sides, sides[1:] + sides[:1], strict=True):
        normals = np.array([[math.cos(a), math.sin(a)], [math.cos(b), math.sin(b)]])
        x, y = np.linalg.solve(normals, [p, q])
        corners.append((y + 20.0 - 0.5, x + 30.0 - 0.5))
    mask = polygon2mask((48, 64), np.array(corners))
    assert 500 < mask.sum() < 2500
    assert (hidden.numpy() > 0.5).tolist() == mask.tolist()


@pytest.mark.parametrize("softness", [4.0, 20.0])
def test_the_edge_is_a_smooth_step_as_wide_as_the_half_shadow(softness: float) -> None:
    # A vertical edge at x = 40 to the right of the middle; all other sides far away.
    distances = torch.tensor([[30.0, 500.0, 500.0, 500.0]])
    angles = torch.arange(4)[None] * math.pi / 2
    middle = torch.tensor([[10.0, 24.0]])
    row = _soft_polygon(middle, angles, distances, torch.tensor([softness]), 48, 64)[0, 24]
    places = torch.arange(64) + 0.5
    assert (row[places <= 40 - softness / 2] == 1).all()
    assert (row[places >= 40 + softness / 2] == 0).all()
    edge = row[(places - 40).abs() < softness / 2]
    assert (edge.diff() < 0).all()
    torch.testing.assert_close(edge + edge.flip(0), torch.ones_like(edge))


def test_takes_light_of_all_colours_alike_evenly_up_to_the_darkness() -> None:
    torch.manual_seed(0)
    picture = torch.rand(3, 48, 64) * 0.8 + 0.2
    changed = Shadow(0.4, softness=2.0)(still(picture, 400, frames=1))[:, 0]
    ratios = changed / picture
    torch.testing.assert_close(ratios, ratios[:, :1].expand_as(ratios))
    darkest = 1 - ratios[:, 0].flatten(1).amin(dim=1)
    assert_uniform(darkest, 0.2, centre=0.2)
    assert (ratios <= 1).all()


def test_falls_anywhere_and_leaves_light_beside_it() -> None:
    torch.manual_seed(0)
    hidden = (gains(Shadow(1.0), 600) < 0.999).float()
    share = hidden.mean(dim=(1, 2))
    assert share.min() < 0.15
    assert share.max() > 0.6
    assert hidden.mean(dim=0).min() > 0.1
    assert hidden.mean(dim=0).max() < 0.8


def test_sides_and_softness_vary() -> None:
    torch.manual_seed(0)
    sharp, soft = gains(Shadow(1.0, softness=0.0), 200), gains(Shadow(1.0, softness=40.0), 200)
    steepest = [x.diff(dim=2).abs().amax(dim=(1, 2)).mean() for x in (sharp, soft)]
    assert steepest[0] > 2 * steepest[1]
    assert SIDES == 4


@pytest.mark.parametrize(("name", "highest"), [("darkness", 1), ("softness", 100)])
def test_a_range_out_of_bounds_is_named(name: str, highest: float) -> None:
    with pytest.raises(UserError, match=rf"{name} is -0\.1; .* from 0 to {highest}"):
        Shadow(**{name: -0.1})


def test_no_darkness_is_no_shadow() -> None:
    assert (gains(Shadow(0.0), 5) == 1).all()
