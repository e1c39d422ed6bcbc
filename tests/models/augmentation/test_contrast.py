import pytest
import torch

from tests.models.augmentation.footage import assert_uniform, sequences
from vadlit.errors import UserError
from vadlit.models.augmentation.contrast import Contrast

GREY = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)


@pytest.mark.parametrize("limit", [0.2, 0.5])
def test_scales_the_distance_from_the_mean_grey_of_the_sequence(limit: float) -> None:
    torch.manual_seed(0)
    frames = 0.35 + 0.3 * sequences(1, 8, 8)
    # Frames of different brightness: one mean for all of them.
    frames = frames + torch.linspace(-0.05, 0.05, 5).view(1, 5, 1, 1, 1)
    mean = (GREY * frames).sum(dim=2).mean()
    changed = Contrast(limit)(frames.expand(600, -1, -1, -1, -1))
    factors = ((changed - mean) * (frames - mean)).sum((1, 2, 3, 4))
    factors = factors / (frames - mean).square().sum()
    assert_uniform(factors, limit, centre=1.0)
    expected = mean + factors.view(-1, 1, 1, 1, 1) * (frames - mean)
    torch.testing.assert_close(changed, expected, rtol=0, atol=1e-3)


def test_a_contrast_out_of_bounds_is_named() -> None:
    with pytest.raises(UserError, match=r"contrast is 1\.1; it must be a number from 0 to 1"):
        Contrast(1.1)
