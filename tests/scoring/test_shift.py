import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import shift as moved_by_scipy

from tests.scoring.pictures import SIZE, Grey, pushed, scene
from vadlit.scoring.shift import STILL, Reference, Shift, moved

SHIFTS = [(0.0, 0.0), (0.3, 0.0), (-0.5, 0.25), (1.7, -2.2), (-4.4, 3.1), (7.9, -7.9), (20.0, 11.5)]


def told(reference: Grey, picture: Grey) -> tuple[float, ...]:
    shift = Reference(reference).shift(picture)
    assert shift is not None
    return tuple(shift)


@pytest.mark.parametrize(("x", "y"), SHIFTS)
def test_a_known_shift_is_told_to_a_tenth_of_a_pixel(x: float, y: float) -> None:
    assert told(scene(), pushed(scene(), x, y)) == pytest.approx((x, y), abs=0.1)


@pytest.mark.parametrize(("x", "y"), SHIFTS)
def test_fine_texture_does_as_well(x: float, y: float) -> None:
    fine = scene(blur=1.2)
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    picture = cv2.warpAffine(
        fine, matrix, SIZE[::-1], flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT
    )
    assert told(fine, picture.astype(np.uint8)) == pytest.approx((x, y), abs=0.15)


@pytest.mark.parametrize("gain", [0.3, 0.6, 1.7])
def test_light_does_not_count(gain: float) -> None:
    across = np.linspace(0.8, 1.2, SIZE[1]) * gain
    lit = (pushed(scene(), 2.6, -1.4) * across).astype(np.uint8)
    assert told(scene(), lit) == pytest.approx((2.6, -1.4), abs=0.15)


def thing(width: int) -> Grey:
    """Blocks of 8 pixels, from top to bottom, with more contrast than the scene."""
    blocks = np.random.default_rng(1).integers(0, 256, (16, width // 8), np.uint8)
    return blocks.repeat(8, 0).repeat(8, 1)


@pytest.mark.parametrize("left", [0, 40, 128])
def test_a_thing_in_front_does_not_count(left: int) -> None:
    picture = pushed(scene(), 1.5, 0.75)
    picture[:, left : left + 64] = thing(64)
    assert told(scene(), picture) == pytest.approx((1.5, 0.75), abs=0.15)


@pytest.mark.parametrize("way", [-6, 3, 9])
def test_a_thing_that_lies_elsewhere_hardly_counts(way: int) -> None:
    reference, picture = scene(blur=1.5), pushed(scene(blur=1.5), 1.5, 0.75)
    reference[:, 40:72] = thing(32)
    picture[:, 40 + way : 72 + way] = thing(32)
    assert told(reference, picture) == pytest.approx((1.5, 0.75), abs=0.3)


def test_noise_of_a_sensor_does_not_count() -> None:
    noise = np.random.default_rng(1).normal(0, 2, SIZE)
    noisy = (pushed(scene(), -3.2, 1.1) + noise).clip(0, 255).astype(np.uint8)
    assert told(scene(), noisy) == pytest.approx((-3.2, 1.1), abs=0.15)


NOTHING: Grey = np.full(SIZE, 90, np.uint8)


@pytest.mark.parametrize("picture", [scene(7), scene()[:, ::-1].copy(), NOTHING])
def test_the_shift_of_another_picture_is_not_known(picture: Grey) -> None:
    assert Reference(scene()).shift(picture) is None


def test_where_nothing_is_to_be_seen_no_shift_is_known() -> None:
    noise = np.random.default_rng(1).normal(0, 2, SIZE)
    noisy = (NOTHING + noise).astype(np.uint8)
    reference = Reference(NOTHING)
    assert reference.shift(noisy) is None
    assert Reference(noisy).shift(scene()) is None


@pytest.mark.parametrize("shift", [Shift(2.25, -1.5), Shift(-8.0, 0.5)])
def test_a_picture_is_moved_as_by_interpolation(shift: Shift) -> None:
    picture: NDArray[np.float32] = scene().astype(np.float32)
    expected = moved_by_scipy(picture, (shift.y, shift.x), order=1, mode="nearest")
    np.testing.assert_allclose(moved(picture, shift), expected, atol=0.01)
    assert moved(picture, STILL) is picture


def test_shifts_add_up() -> None:
    shift = Shift(3.0, -0.5)
    assert shift - Shift(1.0, 1.0) == Shift(2.0, -1.5)
    assert -shift == Shift(-3.0, 0.5)
    assert shift.or_none(3.0) is shift
    assert shift.or_none(3.1) == STILL
