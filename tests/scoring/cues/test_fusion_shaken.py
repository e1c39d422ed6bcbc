"""The default cue on what a camera films that shakes, or is pushed."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.scoring.pictures import SIZE, pushed, scene
from vadlit.scoring.cells import cell_means
from vadlit.scoring.cues.activity import Activity
from vadlit.scoring.cues.appearance import Appearance
from vadlit.scoring.cues.fusion import Fusion
from vadlit.scoring.cues.joining import Looks
from vadlit.scoring.cues.motion import Motion
from vadlit.scoring.view import View

Place = tuple[float, float]
Color = tuple[int, int, int]
RED, BLUE = (220, 40, 40), (40, 40, 220)
STILL: list[Place] = [(0, 0)] * 20
SHAKING: list[Place] = [
    (0, 0),
    *(tuple(place) for place in np.random.default_rng(0).uniform(-4, 4, (19, 2)).tolist()),
]
PARTS: dict[str, dict[str, Any]] = {
    "appearance": {
        "_target_": "vadlit.scoring.cues.appearance.Appearance",
        "context": 1,
        "memory": 2000,
    },
    "motion": {"_target_": "vadlit.scoring.cues.motion.Motion"},
}


@cache
def frame(left: int, place: Place, color: Color) -> Tensor:
    """A thing in front of the scene, filmed by a camera that was moved, (3, H, W)."""
    drawn = scene()[..., None].repeat(3, axis=2)
    drawn[56:80, left : left + 24] = color
    moved = [
        pushed(channel, *place) if any(place) else channel for channel in np.moveaxis(drawn, 2, 0)
    ]
    return torch.from_numpy(np.stack(moved) / np.float32(255))


def film(places: Sequence[Place], color: Color = RED, first: int = 10) -> list[View]:
    """Views of a thing that goes from left to right, 4 pixels a frame, again and again."""
    frames = [frame(first + 4 * number % 148, place, color) for number, place in enumerate(places)]
    return [
        View(pair, features={"layer2": torch.stack([cell_means(x) for x in pair[1]])})
        for pair in pairwise(frames)
    ]


@cache
def learned(reach: float) -> Fusion:
    made = Fusion(PARTS, worst=10, reach=reach)
    made.learn(film(STILL), film(STILL, first=12))
    return made


@cache
def highest() -> float:
    """Of the scores of normal footage."""
    return max(values(learned(0), film(STILL)))


def values(made: Fusion, views: Sequence[View]) -> list[float]:
    made.reset()
    return [made(view).value for view in views]


@pytest.mark.parametrize("places", [STILL, SHAKING])
def test_without_reach_the_scores_are_what_the_parts_say_joined(places: list[Place]) -> None:
    made = learned(0)
    parts, activity = (Appearance(context=1, memory=2000), Motion()), Activity()
    for part in parts:
        part.learn(film(STILL))
    for view, value in zip(film(places), values(made, film(places)), strict=True):
        cells = torch.stack([part.cells(view) for part in parts])
        looks = Looks(cells[None], torch.tensor([activity(view)]), torch.tensor([False]))
        totals = made.joining.totals(looks)
        assert value == totals.flatten().topk(10).values.mean().item()


def test_of_a_camera_that_stands_still_the_scores_are_those_without_reach() -> None:
    assert values(learned(8), film(STILL)) == values(learned(0), film(STILL))


def test_shaking_is_no_anomaly() -> None:
    assert max(values(learned(8), film(SHAKING))) < highest() + 2
    assert np.median(values(learned(0), film(SHAKING))) > highest() + 2


def test_a_thing_of_another_colour_is_found_where_the_camera_shows_it() -> None:
    made = learned(8)
    made.reset()
    for number, (view, place) in enumerate(zip(film(SHAKING, BLUE), SHAKING[1:], strict=True), 1):
        value, where, changed = made(view)
        assert value > highest() + 2
        row, column = divmod(int(where.argmax()), SIZE[1])
        left = 10 + 4 * number % 148
        assert 56 - 8 <= row - place[1] < 80
        assert left - 8 <= column - place[0] < left + 24
        assert not changed


def test_frames_begun_before_the_last_is_done_have_the_same_scores() -> None:
    made = learned(8)
    one_by_one = values(made, film(SHAKING))
    made.reset()
    begun = [made.start(view) for view in film(SHAKING)]
    assert [wait().value for wait in begun] == one_by_one


def test_what_was_learned_is_given_back() -> None:
    other = Fusion(PARTS, worst=10, reach=8)
    other.restore({key: x.clone() for key, x in learned(8).state().items()})
    assert values(other, film(SHAKING)) == values(learned(8), film(SHAKING))


def test_a_push_is_another_scene_until_the_new_place_is_the_cameras_own() -> None:
    made = learned(8)
    made.reset()
    # In the end the thing is where it was in normal footage.
    said = [made(view) for view in film([*STILL, *[(-13.0, 6.0)] * 73])]
    assert "".join("x" if each.changed else "." for each in said) == "." * 19 + "x" * 50 + "." * 23
    assert max(each.value for each in said[-15:]) < highest() + 2 < said[19].value
