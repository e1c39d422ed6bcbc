from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf

from tests.scoring.cues.scenes import BLUE, RED, frame, view
from vadlit.errors import UserError
from vadlit.scoring.cues.appearance import Appearance
from vadlit.scoring.shift import Shift
from vadlit.scoring.view import View

NORMAL = [view(left, RED) for left in range(0, 80, 8)]


def learned(
    context: int = 1, place: float = 0.0, memory: int = 400, follow: float = 0.0
) -> Appearance:
    """The cue, with red things learned."""
    cue = Appearance(context, place, memory, neighbours=1, follow=follow)
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


@pytest.mark.parametrize("place", [0.5, 2.0])
def test_a_known_thing_is_far_where_it_never_was(place: float) -> None:
    """Three cells lower than all red things, of twelve across."""
    lower = view(40, RED)
    features = {"layer2": lower.features["layer2"].roll(3, dims=1)}
    cells = learned(place=place).cells(
        View(frame(40, RED).roll(24, dims=1)[None], features=features)
    )
    expected = torch.full((2, 2), place / 12)
    expected[0] *= 2  # from the nearer of two rows of red cells, 3 and 4
    expected[1] *= 3
    torch.testing.assert_close(cells[6:8, 5:7], expected, atol=1e-4, rtol=0)


def test_a_thing_is_where_it_is_in_the_scene_however_the_camera_has_moved() -> None:
    shown = view(40, RED)
    pushed = replace(shown, shift=Shift(10.0, 0.0), offset=Shift(-10.0, -8.0))
    cells = learned(place=1.0).cells(pushed)  # in the scene it lies one cell lower
    expected = torch.tensor([[0.0, 0.0], [1 / 12, 1 / 12]])
    torch.testing.assert_close(cells[3:5, 5:7], expected, atol=1e-3, rtol=0)


def test_no_place_is_closer_than_itself() -> None:
    with pytest.raises(UserError, match=r"place is -1\.0; .* at least 0"):
        Appearance(place=-1.0)


def test_features_are_averaged_over_the_context() -> None:
    other = view(40, BLUE)
    features = other.features["layer2"]
    cue = learned(context=3)
    around = torch.nn.functional.normalize(features[:, 2:5, 4:7].mean(dim=(1, 2)), dim=0)
    expected = (cue.memory.rows[:, :3] - around).norm(dim=1).min()
    assert cue.cells(other)[3, 5].item() == pytest.approx(expected.item(), abs=1e-4)


def test_the_memory_is_as_large_as_asked_and_three_quarters_of_it_are_things() -> None:
    cue = learned(memory=20)
    red = torch.nn.functional.normalize(torch.tensor(RED), dim=0)
    assert cue.memory.rows.shape == (20, 5)
    assert int(((cue.memory.rows[:, :3] - red).norm(dim=1) < 1e-3).sum()) == 15


def test_a_seed_repeats_the_memory() -> None:
    one, same, other = (Appearance(context=3, memory=20, seed=seed) for seed in (0, 0, 1))
    for cue in (one, same, other):
        cue.learn([view(left, RED) for left in range(0, 80, 3)])
    assert torch.equal(one.memory.rows, same.memory.rows)
    assert not torch.equal(one.memory.rows, other.memory.rows)


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
    one, other = learned(), Appearance(1, 0.0, neighbours=1, follow=0.0)
    other.restore(one.state())
    shown = view(40, BLUE)
    assert torch.equal(one.cells(shown).nan_to_num(), other.cells(shown).nan_to_num())


def test_config_holds_the_defaults() -> None:
    config = OmegaConf.load(Path(__file__).parents[3] / "conf/cue/fusion.yaml")
    made, default = instantiate(config.parts.appearance), Appearance()
    assert isinstance(made, Appearance)
    for name in ("context", "place", "size", "neighbours", "seed"):
        assert getattr(made, name) == getattr(default, name)
    assert vars(made.background)["follow"] == vars(default.background)["follow"]


def test_features_that_are_none_do_not_pass_for_a_place_where_nothing_is() -> None:
    seen = view(40, BLUE)
    broken = torch.full_like(seen.features["layer2"], torch.nan)
    cells = learned().cells(replace(seen, features={"layer2": broken}))
    assert cells[3:5, 5:7].isposinf().all()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("context", 2), ("context", 0), ("memory", 0), ("neighbours", 0), ("foreground", -1.0),
        ("follow", -1.0), ("place", -1.0),
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(setting: str, value: Any) -> None:
    with pytest.raises(UserError, match=rf"cue\.parts\.appearance\.{setting} is {value};"):
        Appearance(**{setting: value})
