from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor

from tests.models.decoders.features import features
from vadlit.errors import UserError
from vadlit.models.decoders.base import BaseDecoder
from vadlit.models.decoders.dropout import DropoutDecoder

TAPS = ("layer4",)
CONFIG = Path(__file__).parents[3] / "conf" / "model" / "dropout.yaml"
LAYERS = ("merge", "block1", "block2", "block3", "block4", "head")


def flow(decoder: DropoutDecoder) -> list[tuple[Tensor, Tensor]]:
    """What left each layer and what entered the next one, for one batch."""
    entered: dict[str, Tensor] = {}
    left: dict[str, Tensor] = {}

    def remember(name: str) -> None:
        def hook(_: torch.nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            entered[name], left[name] = inputs[0].detach().clone(), output.detach().clone()

        decoder.get_submodule(name).register_forward_hook(hook)

    for name in LAYERS:
        remember(name)
    decoder(features(TAPS, 4, 128, 128))
    return [(left[a], entered[b]) for a, b in pairwise(LAYERS)]


def dropped_share(left: Tensor, entered: Tensor) -> float:
    """The share of features set to zero of those that were not; the others were scaled up."""
    alive = left != 0
    share = (entered[alive] == 0).float().mean().item()
    kept = entered != 0
    torch.testing.assert_close(entered[kept], left[kept] / (1 - share), rtol=0.02, atol=1e-6)
    return share


@pytest.mark.parametrize("shares", [None, (0.5, 0.0), (0.0, 0.3)])
def test_training_drops_before_the_first_and_the_second_block_alone(
    shares: tuple[float, float] | None,
) -> None:
    torch.manual_seed(0)
    decoder = DropoutDecoder(*shares) if shares else DropoutDecoder()
    found = [dropped_share(*between) for between in flow(decoder.train())]
    assert found == pytest.approx([*(shares or (0.2, 0.1)), 0, 0, 0], abs=0.01)
    assert found[2:] == [0, 0, 0]


def test_single_features_are_dropped_not_whole_channels() -> None:
    torch.manual_seed(0)
    _, entered = flow(DropoutDecoder().train())[0]
    share_by_channel = (entered == 0).float().mean(dim=(0, 2, 3))
    assert share_by_channel.min() > 0
    assert share_by_channel.max() < 1


def test_draws_anew_in_training_and_a_seed_repeats() -> None:
    decoder, x = DropoutDecoder().train(), features(TAPS, 2, 64, 64)
    predictions = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        predictions.append(decoder(x))
    assert torch.equal(predictions[0], predictions[1])
    assert not torch.allclose(predictions[0], predictions[2], atol=1e-3)


def test_in_evaluation_it_is_the_base_decoder() -> None:
    decoder, base = DropoutDecoder(), BaseDecoder()
    base.load_state_dict(decoder.state_dict())
    x = features(TAPS, 2, 64, 96)
    with torch.no_grad():
        prediction = decoder.eval()(x)
        assert prediction.shape == (2, 3, 64, 96)
        torch.testing.assert_close(prediction, base.eval()(x))
        assert torch.equal(prediction, decoder(x))


def test_wants_the_deepest_features_alone() -> None:
    assert DropoutDecoder().taps == TAPS


@pytest.mark.parametrize("name", ["before_first", "before_second"])
@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "half", None])
def test_an_impossible_share_is_named(name: str, share: Any) -> None:
    with pytest.raises(UserError, match=f"{name} is {share!r}; .* from 0 to 1"):
        DropoutDecoder(**{name: share})


def test_configuration_is_the_thesis_and_an_override_changes_it() -> None:
    config = OmegaConf.load(CONFIG)
    decoder = instantiate(config)
    assert type(decoder) is DropoutDecoder
    assert (decoder.drop1.p, decoder.drop2.p) == (0.2, 0.1)
    changed = instantiate(config, before_first=0.4, before_second=0.3)
    assert (changed.drop1.p, changed.drop2.p) == (0.4, 0.3)
