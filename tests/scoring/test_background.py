import numpy as np
import pytest
import torch

from tests.scoring.pictures import SIZE, Grey, pushed, scene
from vadlit.scoring.background import Background, Scene, light
from vadlit.scoring.cells import DARK
from vadlit.scoring.shift import Shift


def with_thing(empty: Grey, left: int, level: int = 220) -> Grey:
    """The scene with a bright thing of 2 x 2 cells."""
    frame = empty.copy()
    frame[16:32, left : left + 16] = level
    return frame


def learned(follow: float = 0.0) -> Background:
    """A background from footage in which a thing goes by."""
    background = Background(8.0, follow)
    background.learn([with_thing(scene(), left) for left in range(0, 176, 16)])
    return background


def thing_cells(left: int) -> list[list[bool]]:
    """Where the thing is."""
    cells = np.zeros((16, 24), bool)
    cells[2:4, left // 8 : left // 8 + 2] = True
    return cells.tolist()


def test_what_goes_by_is_no_background() -> None:
    found = learned().see(scene())
    assert not found.foreground.any()
    assert not found.changed


def test_a_thing_is_in_the_foreground_exactly_where_it_is() -> None:
    assert learned().see(with_thing(scene(), 48)).foreground.tolist() == thing_cells(48)


@pytest.mark.parametrize("gain", [0.4, 0.7, 1.6])
def test_another_brightness_is_no_foreground_and_hides_no_thing(gain: float) -> None:
    frame = (with_thing(scene(), 48, 150) * gain).astype(np.uint8)
    found = learned().see(frame)
    assert found.foreground.tolist() == thing_cells(48)
    assert found.changed


def test_light_from_one_side_is_no_foreground() -> None:
    fall = np.linspace(0.8, 1.2, SIZE[1])
    assert not learned().see((scene() * fall).astype(np.uint8)).foreground.any()


def test_light_is_the_median_ratio() -> None:
    background = scene().astype(np.float32)
    doubled = (2 * (background + DARK) - DARK).clip(0, 255)
    np.testing.assert_allclose(light(doubled.astype(np.uint8), background), 2.0, atol=0.02)


def test_what_stays_is_absorbed_in_the_time_that_follow_says() -> None:
    background = learned(follow=2.0)
    frame = with_thing(scene(), 48)
    gone = next(k for k in range(200) if not background.see(frame).foreground.any())
    difference = (frame.astype(int) - scene())[16:32, 48:64]
    # The last cell falls silent when its mean difference is down to 8 grey levels.
    slowest = difference.reshape(2, 8, 2, 8).mean(axis=(1, 3)).max()
    assert gone == pytest.approx((slowest - 8.0) / 2.0, abs=2)


def test_without_following_nothing_is_absorbed() -> None:
    background, frame = learned(), with_thing(scene(), 48)
    assert all(background.see(frame).foreground.any() for _ in range(300))


@pytest.mark.parametrize("gain", [0.5, 1.5])
def test_a_switched_lamp_changes_the_scene_once(gain: float) -> None:
    background = learned(follow=0.25)
    frame = (scene() * gain).astype(np.uint8)
    assert [background.see(frame).changed for _ in range(5)] == [True] + 4 * [False]
    assert background.see(scene()).changed


@pytest.mark.parametrize("gain", [0.5, 1.5])
def test_what_passes_when_a_lamp_is_switched_leaves_no_ghost(gain: float) -> None:
    background = learned(follow=0.25)
    for left in range(0, 64, 8):
        frame = with_thing(scene(), left)
        found = background.see((frame * gain).clip(0, 255).astype(np.uint8))
        assert found.foreground.tolist() == thing_cells(left)
    assert not background.see((scene() * gain).astype(np.uint8)).foreground.any()


@pytest.mark.parametrize(("tiles", "changed"), [(4, False), (5, True), (8, True)])
@pytest.mark.parametrize("gain", [0.5, 0.85, 1.2])
def test_a_shadow_on_a_third_of_the_picture_is_a_changed_scene(
    gain: float, tiles: int, changed: bool
) -> None:
    frame = scene()
    for tile in range(tiles):
        y, x = 32 * (tile % 4), 48 * (tile // 4)
        lit = frame[y : y + 32, x : x + 48] * gain
        frame[y : y + 32, x : x + 48] = lit.astype(np.uint8)
    assert learned().see(frame).changed is changed


def test_a_thing_is_no_changed_scene() -> None:
    background = learned()
    assert not any(background.see(with_thing(scene(), left)).changed for left in range(0, 176, 8))


@pytest.mark.parametrize("shift", [Shift(3.0, 0.0), Shift(-5.5, 2.25)])
def test_what_a_shaking_camera_shows_is_no_foreground_where_the_shift_is_told(shift: Shift) -> None:
    background, still = learned(), learned()
    shaken = pushed(with_thing(scene(), 48), *shift)
    found = background.see(shaken, shift)
    cells = found.foreground[1:-1, 1:-1]
    assert 4 <= cells.sum() <= 9
    # Where it is in the frame, and not where it would be without the shift.
    rows, columns = (each.float().mean().item() + 1 for each in torch.where(cells))
    assert (columns + 0.5) * 8 == pytest.approx(56 + shift.x, abs=3)
    assert (rows + 0.5) * 8 == pytest.approx(24 + shift.y, abs=3)
    assert torch.equal(background.of_learned(shaken, shift), found.foreground)
    assert still.see(shaken).foreground.sum() > 2 * found.foreground.sum()


def test_what_stays_is_absorbed_where_it_belongs_however_the_camera_shakes() -> None:
    background, frame = learned(follow=2.0), with_thing(scene(), 48)
    shifts = [Shift(float(x), float(y)) for x, y in ((0, 0), (3, -2), (-4, 1), (2, 4))]
    for number in range(200):
        shift = shifts[number % 4]
        background.see(pushed(frame, *shift), shift)
    assert not background.see(frame).foreground[1:-1, 1:-1].any()


def test_after_a_push_the_background_is_the_median_of_the_frames_since() -> None:
    background, other = learned(follow=0.25), scene(5)
    passing = [with_thing(other, left) for left in range(0, 176, 16)]
    assert all(background.see(frame, pushed=True).foreground.sum() > 100 for frame in passing)
    assert not background.see(other).foreground.any()
    assert background.see(with_thing(other, 48)).foreground.tolist() == thing_cells(48)
    background.reset()
    assert not background.see(scene()).foreground.any()


def test_of_a_camera_that_is_pushed_for_long_the_last_frames_count() -> None:
    background, place = learned(), scene(5)
    for _ in range(60):
        background.see(scene(6), pushed=True)
    for _ in range(50):
        background.see(place, pushed=True)
    assert not background.see(place).foreground.any()


def test_an_event_begins_with_what_was_learned() -> None:
    background = learned(follow=2.0)
    frame = with_thing(scene(), 48)
    first = [background.see(frame) for _ in range(100)]
    background.reset()
    again = [background.see(frame) for _ in range(100)]
    assert all(same(*pair) for pair in zip(first, again, strict=True))


def test_what_was_learned_is_given_back() -> None:
    other = Background(8.0, 2.0)
    other.restore(learned(follow=2.0).state())
    one = learned(follow=2.0)
    for left in range(0, 176, 16):
        frame = with_thing(scene(), left)
        assert same(one.see(frame), other.see(frame))


def same(one: Scene, other: Scene) -> bool:
    return torch.equal(one.foreground, other.foreground) and one.changed == other.changed
