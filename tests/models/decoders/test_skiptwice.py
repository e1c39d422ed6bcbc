from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import nn

from tests.models.decoders import reference
from tests.models.decoders.features import CHANNELS, features
from vadlit.models.decoders.skiptwice import SkipTwiceDecoder

TAPS = ("layer2", "layer3", "layer4")
CONFIG = Path(__file__).parents[3] / "conf" / "model" / "skiptwice.yaml"


def trained() -> SkipTwiceDecoder:
    """A decoder whose running statistics are no longer 0 and 1."""
    torch.manual_seed(0)
    decoder = SkipTwiceDecoder().train()
    decoder(features(TAPS, 4, 64, 64))
    return decoder.eval()


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (224, 224), (224, 288)])
def test_predicts_a_frame_of_any_size_divisible_by_32(size: tuple[int, int]) -> None:
    with torch.no_grad():
        prediction = SkipTwiceDecoder().eval()(features(TAPS, 2, *size))
    assert prediction.shape == (2, 3, *size)


def test_wants_three_taps() -> None:
    assert SkipTwiceDecoder().taps == TAPS


def test_parameters_by_hand() -> None:
    merges = sum(4 * c * c + c for c in (512, 256, 128))
    blocks = sum(
        9 * i * o + 2 * o for i, o in [(512, 256), (256 + 256, 128), (128 + 128, 64), (64, 32)]
    )
    head = 9 * 32 * 3 + 3
    trainable = sum(p.numel() for p in SkipTwiceDecoder().parameters() if p.requires_grad)
    assert trainable == merges + blocks + head


@pytest.mark.parametrize(("name", "tap"), [("skip2", "layer2"), ("skip3", "layer3")])
def test_a_skip_is_reduced_by_four_by_a_1x1_convolution(name: str, tap: str) -> None:
    skip = SkipTwiceDecoder().get_submodule(name)
    assert isinstance(skip, nn.Conv2d)
    assert skip.kernel_size == (1, 1)
    assert skip.in_channels == 4 * CHANNELS[tap]
    assert skip.in_channels == 4 * skip.out_channels


def test_skips_are_joined_after_the_first_and_the_second_block() -> None:
    decoder, x = trained(), features(TAPS, 2, 64, 96)
    weights = decoder.state_dict()
    with torch.no_grad():
        y = reference.up_to_layer2(weights, x)
        y = reference.block(weights, "block4", reference.block(weights, "block3", y))
        expected = reference.head(weights, y)
        torch.testing.assert_close(decoder(x), expected, rtol=1e-4, atol=1e-5)
    assert expected.std() > 0.01


@pytest.mark.parametrize("tap", TAPS)
@pytest.mark.parametrize("frame", range(4))
def test_the_features_of_every_frame_matter(tap: str, frame: int) -> None:
    decoder, x = trained(), features(TAPS, 1, 64, 64)
    channels = CHANNELS[tap]
    changed = x[tap].clone()
    changed[:, channels * frame : channels * (frame + 1)] += 1
    with torch.no_grad():
        difference = (decoder({**x, tap: changed}) - decoder(x)).abs().mean()
    assert difference > 1e-3


def test_a_training_step_reaches_every_parameter() -> None:
    decoder = SkipTwiceDecoder().train()
    decoder(features(TAPS, 2, 64, 64)).square().mean().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_configuration_makes_it() -> None:
    assert type(instantiate(OmegaConf.load(CONFIG))) is SkipTwiceDecoder
