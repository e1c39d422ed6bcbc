import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio

from tests.scoring.cues.predictions import pixels, seen
from vadlit.errors import UserError
from vadlit.scoring.cues.low_pass import LowPass
from vadlit.scoring.view import Cue


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_it_is_the_psnr_of_filtered_frames(sigma: float) -> None:
    cue: Cue = LowPass(sigma, 0.0)
    prediction, target = pixels(0), pixels(1)
    filtered = [
        gaussian_filter(x.numpy(), (0, sigma, sigma), mode="mirror", truncate=3)
        for x in (prediction, target)
    ]
    value, where, _ = cue(seen(prediction, target))
    expected = peak_signal_noise_ratio(*filtered, data_range=1)
    assert value == pytest.approx(-expected, abs=1e-3)
    np.testing.assert_allclose(where, np.abs(filtered[0] - filtered[1]).mean(axis=0), atol=1e-5)


def test_only_differences_above_the_least_count() -> None:
    target = pixels(0)
    prediction = target.clone()
    prediction[:, :, :48] += 0.02
    assert LowPass(1.0, 0.03)(seen(prediction, target)).value == -100
    prediction[:, :, :48] += 0.02
    value, where, _ = LowPass(1.0, 0.03)(seen(prediction, target))
    assert value == pytest.approx(10 * np.log10(0.04**2 * 47 / 96), abs=0.1)
    assert where[:, :40].min().item() == pytest.approx(0.04, abs=1e-6)
    assert where[:, 50:].max() == 0


def test_a_blurred_edge_counts_less_than_a_thing() -> None:
    edge = torch.full((3, 64, 96), 0.3)
    edge[:, :, 48:] = 0.7
    blurred = torch.from_numpy(gaussian_filter(edge.numpy(), (0, 2, 2))).float()
    thing = edge.clone()
    thing[:, 20:28, 20:36] += 0.15
    plain = [(x - edge).square().mean().item() for x in (blurred, thing)]
    assert plain[0] > plain[1]
    assert LowPass()(seen(blurred, edge)).value < LowPass()(seen(thing, edge)).value


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"sigma": 0}, "cue.sigma is 0"),
        ({"sigma": 11}, "cue.sigma is 11; .* up to 10"),
        ({"least": 2}, "cue.least is 2"),
        ({"least": -1}, "-1"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, float], named: str) -> None:
    with pytest.raises(UserError, match=named):
        LowPass(**settings)
