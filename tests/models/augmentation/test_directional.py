import numpy as np
import pytest
import torch

from tests.models.augmentation.footage import assert_uniform, still
from vadlit.errors import UserError
from vadlit.models.augmentation.directional import Directional


def test_the_gain_is_a_plane_that_is_1_in_the_middle() -> None:
    torch.manual_seed(0)
    grey = torch.full((3, 24, 40), 0.4)
    gains = Directional(0.5)(still(grey, 300, frames=2))[:, 1] / 0.4
    torch.testing.assert_close(gains, gains[:, :1].expand_as(gains))
    x, y = np.meshgrid(np.arange(40) - 19.5, np.arange(24) - 11.5)
    basis = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1)
    planes, residual, *_ = np.linalg.lstsq(basis, gains[:, 0].flatten(1).T.numpy(), rcond=None)
    assert residual.max() < 1e-6
    np.testing.assert_allclose(planes[2], 1, atol=1e-5)
    angles = torch.from_numpy(np.arctan2(planes[1], planes[0]))
    assert_uniform(angles, np.pi)


def test_it_reaches_its_strength_in_opposite_corners_evenly_up_to_the_largest() -> None:
    torch.manual_seed(0)
    gains = Directional(0.6)(still(torch.full((3, 16, 32), 0.3), 400, frames=1))[:, 0, 0] / 0.3
    highest, lowest = gains.flatten(1).amax(dim=1), gains.flatten(1).amin(dim=1)
    torch.testing.assert_close(highest - 1, 1 - lowest)
    assert_uniform(highest - 1, 0.3, centre=0.3)
    torch.testing.assert_close(gains + gains.flip(1, 2), torch.full_like(gains, 2.0))


def test_too_much_light_is_clipped() -> None:
    torch.manual_seed(0)
    assert Directional(1.0)(torch.ones(20, 5, 3, 8, 8)).max() == 1


def test_a_strength_out_of_bounds_is_named() -> None:
    with pytest.raises(UserError, match=r"strength is 1\.5; it must be a number from 0 to 1"):
        Directional(1.5)
