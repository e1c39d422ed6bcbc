from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from tests.scoring.cues.scenes import BLUE, RED, view
from vadlit.scoring.cues.appearance import Appearance
from vadlit.scoring.view import View

NORMAL = [view(left, RED) for left in range(0, 80, 8)]


def learned(context: int = 1, seed: int = 0, memory: int = 400, follow: float = 0.0) -> Appearance:
    """The cue, with red things learned."""
    cue = Appearance(context=context, memory=memory, neighbours=1, follow=follow, seed=seed)
    cue.learn(NORMAL)
    return cue


def test_only_where_something_is_it_speaks() -> None:
    spoken = ~learned().cells(view(40, BLUE)).isnan()
    expected = torch.zeros(8, 12, dtype=torch.bool)
    expected[3:5, 5:7] = True
    assert torch.equal(spoken, expected)


def test_what_is_known_is_near_wherever_it_is() -> None:
    assert learned().cells(view(44, RED)).nan_to_num().max() < 0.5
    assert learned().cells(view(48, RED)).nan_to_num().max() < 1e-3


def test_the_distance_is_that_of_directions() -> None:
    cells = learned().cells(view(40, BLUE))
    red, blue, grey = (
        torch.nn.functional.normalize(torch.tensor(x), dim=0) for x in (RED, BLUE, (0.5,) * 3)
    )
    nearest = min(float((blue - red).norm()), float((blue - grey).norm()))
    assert cells[3, 5].item() == pytest.approx(nearest, abs=1e-3)


def test_features_are_averaged_over_the_context() -> None:
    other = view(40, BLUE)
    features = other.features["layer2"]
    cue = learned(context=3)
    around = torch.nn.functional.normalize(features[:, 2:5, 4:7].mean(dim=(1, 2)), dim=0)
    expected = (cue.memory - around).norm(dim=1).min()
    assert cue.cells(other)[3, 5].item() == pytest.approx(expected.item(), abs=1e-4)


def test_the_memory_is_as_large_as_asked_and_three_quarters_of_it_are_things() -> None:
    cue = learned(memory=20)
    red = torch.nn.functional.normalize(torch.tensor(RED), dim=0)
    assert cue.memory.shape == (20, 3)
    assert int(((cue.memory - red).norm(dim=1) < 1e-3).sum()) == 15


def test_a_seed_repeats_the_memory() -> None:
    one, same, other = (Appearance(context=3, memory=20, seed=seed) for seed in (0, 0, 1))
    for cue in (one, same, other):
        cue.learn([view(left, RED) for left in range(0, 80, 3)])
    assert torch.equal(one.memory, same.memory)
    assert not torch.equal(one.memory, other.memory)


def test_what_stays_is_absorbed_until_the_next_event() -> None:
    cue = learned(follow=4.0)
    found = [cue.cells(view(40, BLUE)).nan_to_num().max().item() for _ in range(60)]
    assert found[0] > 0.5
    assert found[-1] == 0
    cue.reset()
    assert cue.cells(view(40, BLUE)).nan_to_num().max().item() == found[0]


def test_an_empty_picture_says_nothing() -> None:
    empty = View(torch.full((5, 3, 64, 96), 0.5), features={"layer2": torch.ones(3, 8, 12)})
    assert learned().cells(empty).isnan().all()


def test_what_was_learned_is_given_back() -> None:
    one, other = learned(), Appearance(context=1, neighbours=1, follow=0.0)
    other.restore(one.state())
    shown = view(40, BLUE)
    assert torch.equal(one.cells(shown).nan_to_num(), other.cells(shown).nan_to_num())


def test_config_holds_the_defaults() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/cue/fusion.yaml")
    made, default = instantiate(config.parts.appearance), Appearance()
    assert isinstance(made, Appearance)
    for name in ("context", "size", "neighbours", "seed"):
        assert getattr(made, name) == getattr(default, name)
    assert vars(made.background)["follow"] == vars(default.background)["follow"]
