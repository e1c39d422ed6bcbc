from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from tests.models.decoders import reference
from tests.models.decoders.features import features
from vadlit.models.decoders.forecast import ForecastDecoder

TAPS = ("layer2", "layer3", "layer4")
CONFIG = Path(__file__).parents[3] / "conf" / "model" / "forecast.yaml"


def trained() -> ForecastDecoder:
    """A decoder that no longer is as it began."""
    torch.manual_seed(0)
    decoder = ForecastDecoder().train()
    torch.nn.init.normal_(decoder.head.weight, std=0.05)
    decoder(features(TAPS, 4, 64, 64))
    return decoder.eval()


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (224, 288)])
def test_it_begins_with_the_features_of_the_last_frame(size: tuple[int, int]) -> None:
    x = features(TAPS, 2, *size)
    with torch.no_grad():
        forecast = ForecastDecoder().eval()(x)
    assert torch.equal(forecast, x["layer2"][:, -128:])


def test_it_is_skiptwice_up_to_the_size_of_layer2_and_a_convolution() -> None:
    decoder, x = trained(), features(TAPS, 2, 64, 96)
    weights = decoder.state_dict()
    with torch.no_grad():
        y = reference.up_to_layer2(weights, x)
        change = torch.nn.functional.conv2d(y, weights["head.weight"], weights["head.bias"], 1, 1)
        torch.testing.assert_close(decoder(x) - x["layer2"][:, -128:], change, atol=1e-4, rtol=1e-4)
    assert change.std() > 0.01


def test_what_cues_see_is_not_negative() -> None:
    assert ForecastDecoder().finished(torch.tensor([-0.5, 2.0])).tolist() == [0, 2]


def test_configuration_makes_it() -> None:
    assert type(instantiate(OmegaConf.load(CONFIG))) is ForecastDecoder
