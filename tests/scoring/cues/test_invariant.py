import numpy as np
import pytest
import torch

from tests.scoring.cues.predictions import pixels, seen
from vadlit.errors import UserError
from vadlit.scoring.cues.invariant import Invariant, unexplained
from vadlit.scoring.view import Cue


def test_what_is_left_is_that_of_a_line_fitted_to_each_block() -> None:
    target = pixels(0)
    prediction = 0.7 * target + 0.1 + 0.05 * (pixels(1) - 0.5)
    found = unexplained(prediction, target, (32, 48))
    for channel, y, x in np.ndindex(3, 2, 2):
        block = np.s_[channel, 32 * y : 32 * y + 32, 48 * x : 48 * x + 48]
        shown, true = prediction[block].double().numpy(), target[block].double().numpy()
        gain, offset = np.polyfit(shown.ravel(), true.ravel(), 1)
        assert 0.5 < gain < 2
        np.testing.assert_allclose(found[block], (gain * shown + offset - true) ** 2, atol=1e-6)


def test_value_and_map_are_the_mean_over_the_frame_and_its_blocks() -> None:
    cue: Cue = Invariant(16)
    prediction, target = pixels(0), pixels(1)
    squares = [unexplained(prediction, target, size) for size in ((64, 96), (16, 16))]
    value, where, _ = cue(seen(prediction, target))
    expected = (squares[0] + squares[1]).mean(dim=0) / 2
    assert value == pytest.approx(10 * np.log10(expected.mean().item()), abs=1e-3)
    torch.testing.assert_close(where, expected.sqrt())


def test_another_lamp_is_no_error() -> None:
    target = pixels(0)
    color = torch.tensor([0.7, 0.9, 1.1])[:, None, None]
    assert Invariant()(seen(color * target + 0.05, target)).value == -100


def test_a_shadow_is_none_of_the_blocks() -> None:
    target = pixels(0)
    shadow = torch.ones(64, 96)
    shadow[:, 32:64] = 0.6
    assert unexplained(shadow * target, target, (32, 32)).max() < 1e-10
    assert unexplained(shadow * target, target, (64, 96)).mean() > 1e-3


def test_a_thing_is_an_error_whatever_the_light() -> None:
    target = pixels(0)
    thing = target.clone()
    thing[:, 20:40, 20:40] = 0.1
    light = Invariant()(seen(0.8 * target + 0.05, target)).value
    assert Invariant()(seen(0.8 * target + 0.05, thing)).value > light + 20


def test_a_flat_prediction_explains_nothing() -> None:
    target = pixels(0)
    found = unexplained(torch.full_like(target, 0.5), target, (64, 96))
    expected = (target - target.mean(dim=(1, 2), keepdim=True)).square()
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("block", [0, 1, 12, 64, 8.0])
def test_a_block_divides_every_frame(block: int) -> None:
    with pytest.raises(UserError, match=rf"cue\.block is {block}; allowed are 2, 4, 8, 16 and 32"):
        Invariant(block)
