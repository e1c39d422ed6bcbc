import numpy as np
import pytest
import torch

from tests.scoring.cues.predictions import pixels, seen
from vadlit.scoring.cues.gradient import Gradient
from vadlit.scoring.view import Cue


def test_it_is_the_length_of_the_difference_of_the_gradients() -> None:
    cue: Cue = Gradient()
    prediction, target = pixels(0), pixels(1)
    pairs = zip(
        *(np.gradient(x.double().numpy(), axis=(1, 2)) for x in (prediction, target)), strict=True
    )
    squares = sum((one - other) ** 2 for one, other in pairs)
    value, where, _ = cue(seen(prediction, target))
    assert value == pytest.approx(10 * np.log10(squares.mean()), abs=1e-3)
    np.testing.assert_allclose(where, np.sqrt(squares).mean(axis=0), atol=1e-6)


def test_light_on_all_of_the_frame_does_not_count_and_an_edge_does() -> None:
    target = pixels(0)
    assert Gradient()(seen(target + 0.1, target)).value == -100
    edge = torch.zeros(3, 64, 96)
    edge[:, :, 48:] = 0.1
    value, where, _ = Gradient()(seen(target + edge, target))
    # Two columns of 96 are off by half of the step.
    assert value == pytest.approx(10 * np.log10(0.05**2 / 48), abs=1e-3)
    assert where[:, 47:49].min().item() == pytest.approx(0.05, abs=1e-6)
