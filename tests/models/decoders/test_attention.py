from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor

from tests.models.decoders import reference
from tests.models.decoders.features import features
from vadlit.models.decoders.attention import AttentionDecoder, SpatialAttention

TAPS = ("layer4",)
CONFIG = Path(__file__).parents[3] / "conf" / "model" / "attention.yaml"


def trained() -> AttentionDecoder:
    """A decoder whose running statistics are no longer 0 and 1."""
    torch.manual_seed(0)
    decoder = AttentionDecoder().train()
    decoder(features(TAPS, 4, 64, 64))
    return decoder.eval()


def naive_mask(attention: SpatialAttention, x: Tensor) -> npt.NDArray[np.float64]:
    """The mask (h, w) of one picture's features (C, h, w), place by place."""
    weight, values = attention.conv.weight.detach().double().numpy()[0], x.double().numpy()
    assert attention.conv.bias is not None
    bias = attention.conv.bias.item()
    maps = np.stack([values.max(axis=0), values.mean(axis=0)])
    padded = np.pad(maps, ((0, 0), (3, 3), (3, 3)))
    mask = np.empty(maps.shape[1:])
    for i, j in np.ndindex(mask.shape):
        mask[i, j] = 1 / (1 + np.exp(-bias - (padded[:, i : i + 7, j : j + 7] * weight).sum()))
    return mask


def test_attention_equals_a_loop() -> None:
    torch.manual_seed(0)
    attention, x = SpatialAttention(), 5 * torch.randn(2, 6, 9, 11)
    with torch.no_grad():
        y = attention(x)
    for picture, weighted in zip(x, y, strict=True):
        mask = naive_mask(attention, picture)
        assert mask.std() > 0.05
        np.testing.assert_allclose(weighted.numpy(), picture.numpy() * mask, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_one_mask_in_0_to_1_for_all_channels(scale: float) -> None:
    torch.manual_seed(0)
    x = scale * (torch.rand(2, 16, 12, 12) + 0.1)
    with torch.no_grad():
        mask = SpatialAttention()(x) / x
    assert mask.min() >= 0
    assert mask.max() <= 1 + 1e-6
    torch.testing.assert_close(mask, mask[:, :1].expand_as(mask))


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (224, 224), (224, 288)])
def test_predicts_a_frame_of_any_size_divisible_by_32(size: tuple[int, int]) -> None:
    with torch.no_grad():
        prediction = AttentionDecoder().eval()(features(TAPS, 2, *size))
    assert prediction.shape == (2, 3, *size)


def test_wants_the_deepest_features_alone() -> None:
    assert AttentionDecoder().taps == TAPS


def test_parameters_by_hand() -> None:
    merge = 4 * 512 * 512 + 512
    blocks = sum(9 * i * o + 2 * o for i, o in [(512, 256), (256, 128), (128, 64), (64, 32)])
    head = 9 * 32 * 3 + 3
    masks = 3 * (7 * 7 * 2 + 1)
    trainable = sum(p.numel() for p in AttentionDecoder().parameters() if p.requires_grad)
    assert trainable == merge + blocks + head + masks


def masked(weights: reference.Weights, name: str, x: Tensor) -> Tensor:
    maps = torch.stack([x.max(dim=1).values, x.mean(dim=1)], dim=1)
    return x * torch.sigmoid(reference.conv(weights, f"{name}.conv", maps, padding=3))


def test_lies_between_the_four_blocks() -> None:
    decoder, x = trained(), features(TAPS, 2, 64, 96)
    weights = decoder.state_dict()
    with torch.no_grad():
        y = reference.block(weights, "block1", reference.conv(weights, "merge", x["layer4"]))
        for i in (1, 2, 3):
            y = masked(weights, f"attention{i}", y)
            y = reference.block(weights, f"block{i + 1}", y)
        expected = reference.head(weights, y)
        torch.testing.assert_close(decoder(x), expected, rtol=1e-4, atol=1e-5)
    assert expected.std() > 0.01


def test_a_training_step_reaches_every_parameter() -> None:
    decoder = AttentionDecoder().train()
    decoder(features(TAPS, 2, 64, 64)).square().mean().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_configuration_makes_it() -> None:
    assert type(instantiate(OmegaConf.load(CONFIG))) is AttentionDecoder
