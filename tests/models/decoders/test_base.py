from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import nn

from tests.models.decoders import reference
from tests.models.decoders.features import features
from vadlit.models.decoders.base import BaseDecoder

TAPS = ("layer4",)
CONFIG = Path(__file__).parents[3] / "conf" / "model" / "base.yaml"


def trained() -> BaseDecoder:
    """A decoder whose running statistics are no longer 0 and 1."""
    torch.manual_seed(0)
    decoder = BaseDecoder().train()
    decoder(features(TAPS, 4, 64, 64))
    return decoder.eval()


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (224, 224), (224, 288)])
def test_predicts_a_frame_of_any_size_divisible_by_32(size: tuple[int, int]) -> None:
    with torch.no_grad():
        prediction = BaseDecoder().eval()(features(TAPS, 2, *size))
    assert prediction.shape == (2, 3, *size)


def test_wants_the_deepest_features_alone() -> None:
    assert BaseDecoder.taps == TAPS
    assert BaseDecoder().taps == TAPS


def test_has_the_parameters_of_the_thesis() -> None:
    merge = 4 * 512 * 512 + 512
    blocks = sum(9 * i * o + 2 * o for i, o in [(512, 256), (256, 128), (128, 64), (64, 32)])
    head = 9 * 32 * 3 + 3
    trainable = sum(p.numel() for p in BaseDecoder().parameters() if p.requires_grad)
    assert trainable == merge + blocks + head
    assert round(trainable / 1e6, 1) == 2.6


def test_equals_the_layers_of_the_thesis_one_by_one() -> None:
    decoder, x = trained(), features(TAPS, 2, 64, 96)
    weights = decoder.state_dict()
    with torch.no_grad():
        prediction = decoder(x)
        y = reference.conv(weights, "merge", x["layer4"])
        for name in ("block1", "block2", "block3", "block4"):
            y = reference.block(weights, name, y)
        expected = reference.head(weights, y)
    assert prediction.std() > 0.01
    torch.testing.assert_close(prediction, expected, rtol=1e-4, atol=1e-5)


def test_channels_halve_while_the_size_doubles() -> None:
    decoder = BaseDecoder().eval()
    shapes: list[tuple[int, ...]] = []
    for name in ("merge", "block1", "block2", "block3", "block4"):
        layer = decoder.get_submodule(name)
        layer.register_forward_hook(lambda _, __, y: shapes.append(tuple(y.shape[1:])))
    decoder(features(TAPS, 1, 224, 224))
    assert shapes == [(512, 7, 7), (256, 14, 14), (128, 28, 28), (64, 56, 56), (32, 112, 112)]


def test_training_normalises_every_block_by_its_batch() -> None:
    decoder = BaseDecoder().train()
    normed: list[torch.Tensor] = []
    for name in ("block1", "block2", "block3", "block4"):
        norm = decoder.get_submodule(f"{name}.1")
        norm.register_forward_hook(lambda _, __, y: normed.append(y.detach().clone()))
    decoder(features(TAPS, 4, 64, 64))
    assert len(normed) == 4
    for y in normed:
        zeros = torch.zeros(y.shape[1])
        torch.testing.assert_close(y.mean((0, 2, 3)), zeros, rtol=0, atol=1e-4)
        torch.testing.assert_close(y.var((0, 2, 3), correction=0), zeros + 1, rtol=0, atol=0.05)


def test_the_prediction_is_unbounded() -> None:
    decoder, x = trained(), features(TAPS, 1, 32, 32)
    with torch.no_grad():
        plain = decoder(x)
        for parameter in decoder.head.parameters():
            parameter.mul_(-1000)
        torch.testing.assert_close(decoder(x), -1000 * plain, rtol=1e-3, atol=1e-2)
    assert not any(isinstance(m, nn.BatchNorm2d | nn.ReLU) for m in decoder.head.modules())


@pytest.mark.parametrize("frame", range(4))
def test_every_frame_matters_and_so_does_their_order(frame: int) -> None:
    decoder, x = trained(), features(TAPS, 1, 32, 32)
    changed = x["layer4"].clone()
    changed[:, 512 * frame : 512 * (frame + 1)] += 1
    rolled = x["layer4"].roll(512, dims=1)
    with torch.no_grad():
        prediction = decoder(x)
        assert not torch.allclose(decoder({"layer4": changed}), prediction, atol=1e-4)
        assert not torch.allclose(decoder({"layer4": rolled}), prediction, atol=1e-4)


def test_a_training_step_reaches_every_parameter() -> None:
    decoder = BaseDecoder().train()
    decoder(features(TAPS, 2, 64, 64)).square().mean().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_configuration_makes_it() -> None:
    assert type(instantiate(OmegaConf.load(CONFIG))) is BaseDecoder
