from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.scoring.pictures import Grey, pushed, scene
from vadlit.errors import UserError
from vadlit.scoring.registration import SETTLING, Registration, registered
from vadlit.scoring.shift import STILL, Shift
from vadlit.scoring.view import View

Place = tuple[float, float]


@cache
def frame(place: Place) -> Tensor:
    """What a camera films whose scene lies to the right and down of its place, (3, H, W)."""
    return as_frame(pushed(scene(), *place) if any(place) else scene())


def as_frame(picture: Grey) -> Tensor:
    return torch.from_numpy(picture / np.float32(255)).expand(3, -1, -1)


def views(places: Sequence[Place]) -> list[View]:
    """A view of each place but the first; the frame before is that of the place before."""
    frames = [frame(place) for place in places]
    return [View(pair) for pair in pairwise(frames)]


def registration(reach: float = 8.0) -> Registration:
    """One that has learned from a camera that stands still."""
    made = Registration(reach)
    made.learn(views([(0, 0)] * 3))
    return made


def seen(made: Registration, places: Sequence[Place]) -> list[View]:
    return [made.see(view) for view in views(places)]


def shifts(seen_views: Iterable[View]) -> list[float]:
    return [way for view in seen_views for way in view.shift]


def marks(seen_views: Iterable[View]) -> str:
    """x where the camera has been pushed."""
    return "".join("x" if view.pushed else "." for view in seen_views)


SHAKING: list[Place] = [(0, 0), (1.5, -2), (-3, 0.5), (4, 4), (-0.25, 3)]


def test_of_a_camera_that_stands_still_the_views_stay_as_they_are() -> None:
    made, shown = registration(), views([(0, 0), (0, 0), (0.05, -0.05), (0, 0)])
    assert all(made.see(view) is view for view in shown)


def test_without_reach_the_views_stay_as_they_are() -> None:
    made = registration(0)
    assert made.state() == {}
    made.restore({})
    shown = views(SHAKING)
    assert all(made.see(view) is view for view in shown)


def test_the_shift_is_told() -> None:
    expected = shifts([View([], shift=Shift(*place)) for place in SHAKING[1:]])
    assert shifts(seen(registration(), SHAKING)) == pytest.approx(expected, abs=0.1)


def test_the_frame_stays_and_the_one_before_comes_to_its_side() -> None:
    shown = views(SHAKING)
    inner = (slice(None), slice(12, -12), slice(12, -12))
    made = registration()
    for view in shown:
        found = made.see(view)
        assert found.target is view.target
        before, now = found.last_input[inner], found.target[inner]
        # A tenth of a pixel may be left, where there were up to eight.
        assert (
            (before - now).abs().mean()
            < 0.005
            < (view.last_input - view.target)[inner].abs().mean()
        )
        assert len(found.frames) == len(view.frames)


def test_normal_footage_may_shake_and_its_middle_is_the_cameras_place() -> None:
    made = Registration(8.0)
    learned = np.random.default_rng(0).integers(-4, 5, (20, 2))
    made.learn(views([(0, 0), *map(tuple, learned.tolist())]))
    middle = Shift(*np.median(learned, axis=0).tolist())
    expected = [Shift(*place) - middle for place in SHAKING[1:]]
    assert shifts(seen(made, SHAKING)) == pytest.approx(
        [way for each in expected for way in each], abs=0.1
    )


def test_a_push_beyond_reach_is_told_for_50_frames_and_then_is_the_cameras_place() -> None:
    found = seen(registration(), [(0, 0), *[(12, -5)] * 60, *[(10, -5)] * 3, (0, 0)])
    assert marks(found) == "x" * 50 + "." * 13 + "x"
    assert shifts(found[:60]) == [0] * 120
    assert shifts(found[60:63]) == pytest.approx([-2, 0] * 3, abs=0.1)


def test_a_push_within_reach_is_told_once_the_camera_stays() -> None:
    stands, pushed_to = [(0.0, 0.0)] * 60, [(4.0, 0.0)] * 120
    found = seen(registration(), [*stands, *pushed_to])
    # Until then it is undone.
    assert marks(found) == "." * (59 + SETTLING - 1) + "x" * 50 + "." * 21
    assert shifts(found[59:108]) == pytest.approx([4, 0] * 49, abs=0.1)
    assert shifts(found[108:]) == pytest.approx([0] * 142, abs=0.1)
    assert not any(any(view.offset) for view in found[:108])
    for view in found[159:]:
        assert tuple(view.offset) == pytest.approx((4, 0), abs=0.1)


def test_a_camera_that_shakes_on_is_not_pushed() -> None:
    assert marks(seen(registration(), SHAKING * 40)) == "." * 199


def test_where_the_camera_stands_at_the_beginning_is_no_push() -> None:
    assert marks(seen(registration(), [(4.0, 0.0)] * 120)) == "." * 119


def test_a_frame_of_which_no_shift_is_known_has_none() -> None:
    made = registration()
    other = as_frame(scene(5))
    assert made.see(View([other, other])).shift == STILL
    after = made.see(View([other, frame((3, 0))]))
    assert tuple(after.shift) == pytest.approx((3, 0), abs=0.1)


def test_a_new_event_begins_where_normal_footage_has_the_camera() -> None:
    made = registration()
    places: list[Place] = [(0, 0), *[(12.0, -5.0)] * 60, (0.0, 0.0)]
    first = seen(made, places)
    made.reset()
    again = seen(made, places)
    assert marks(first) == marks(again)
    assert shifts(first) == shifts(again)


def test_what_was_learned_is_given_back() -> None:
    other = Registration(8.0)
    other.restore(registration().state())
    assert shifts(seen(other, SHAKING)) == shifts(seen(registration(), SHAKING))


def test_normal_views_are_seen_one_by_one() -> None:
    made, shown = registration(), views([(0, 0), *[(12.0, -5.0)] * 3, (3, 0)])
    found = registered(shown, made)
    assert len(found) == 4
    assert marks(found) == "xxx."
    assert found[3].shift == found[-1:][0].shift
    assert found[3].shift.x == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("reach", [-1, "far", float("nan")])
def test_reach_is_a_number_of_at_least_0(reach: float) -> None:
    with pytest.raises(UserError, match=rf"cue\.reach is {reach!r}; it must be a finite number"):
        Registration(reach)
