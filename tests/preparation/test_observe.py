"""Hand-made sequences with known truth."""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.preparation.footage import Picture
from vadlit.preparation.observe import Observed, Observer, look

SIZE = 160


def texture(seed: int = 0, size: int = SIZE) -> npt.NDArray[np.float64]:
    noise = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=(size, size)), (0, 0), 2)
    return np.asarray(110 + 25 * noise / noise.std(), np.float64)


def picture(levels: npt.NDArray[np.float64]) -> Picture:
    return np.repeat(levels.clip(0, 255).astype(np.uint8)[..., None], 3, 2)


def noisy(frames: int, seed: int = 1) -> list[Picture]:
    generator, still = np.random.default_rng(seed), texture()
    return [picture(still + generator.normal(0, 2, still.shape)) for _ in range(frames)]


def moved(offsets: list[tuple[float, float]]) -> list[Picture]:
    large = texture(size=SIZE + 40)
    y, x = np.mgrid[20 : SIZE + 20, 20 : SIZE + 20].astype(np.float32)
    return [
        picture(cv2.remap(large, (x - dx) % SIZE, y - dy, cv2.INTER_LINEAR).astype(np.float64))
        for dy, dx in offsets
    ]


def observe(frames: Iterable[Picture]) -> Observed:
    observer = Observer()
    for frame in frames:
        observer.see(look(frame))
    return observer.observed


def jitter_of(observed: Observed) -> float:
    return float(np.median(observed.jitter)) * SIZE / observed.width


def test_still_noise_is_neither_repeated_nor_moving_nor_shaking() -> None:
    observed = observe(noisy(40))
    assert not any(observed.repeats)
    assert not any(observed.moves)
    assert set(observed.jumps) == {0}
    assert jitter_of(observed) < 0.2


def test_repeats() -> None:
    frames = noisy(10)
    observed = observe([frames[n] for n in (0, 0, 1, 2, 2, 2, 3)])
    assert observed.repeats == [True, False, False, True, True, False]


def test_a_box_moves() -> None:
    frames = noisy(10)
    for number, frame in enumerate(frames[:6]):
        frame[40:70, 10 * number : 10 * number + 20] = 255
    observed = observe(frames)
    assert observed.moves == [True] * 6 + [False] * 3
    assert set(observed.jumps) == {0}


@pytest.mark.parametrize("gain", [1.2, 0.8])
def test_a_jump_of_exposure_is_no_motion(gain: float) -> None:
    flat = np.full((SIZE, SIZE), 100.0)
    observed = observe([picture(flat * g) for g in (1, 1, gain, gain, 1)])
    jump = round(100 * gain) - 100
    assert observed.jumps == [0, jump, 0, -jump]
    assert observed.levels == [0, 0, jump, jump, 0]
    assert not any(observed.moves)


def test_the_amount_of_shaking() -> None:
    # Left and right in turn by 3 pixels: the movement changes by 6 from frame to frame.
    observed = observe(moved([(0.0, 1.5 * (-1) ** n) for n in range(60)]))
    assert jitter_of(observed) == pytest.approx(6, abs=0.6)


def test_a_belt_that_fills_the_picture_does_not_shake() -> None:
    assert jitter_of(observe(moved([(0.0, 3.0 * n) for n in range(60)]))) < 0.3


def test_an_object_that_moves_to_and_fro_does_not_shake() -> None:
    frames = noisy(60)
    patch = picture(texture(5))[:50, :40]
    for number, frame in enumerate(frames):
        frame[55:105, 50 + 6 * (number % 2) : 90 + 6 * (number % 2)] = patch
    assert jitter_of(observe(frames)) < 0.3


def test_a_plain_picture_says_nothing_of_shaking() -> None:
    generator = np.random.default_rng(0)
    frames = [picture(generator.normal(100, 2, (SIZE, SIZE))) for _ in range(40)]
    assert observe(frames).jitter == []


def test_events_do_not_touch() -> None:
    observer = Observer()
    for level in (50.0, 90.0):
        observer.begin()
        for _ in range(2):
            observer.see(look(picture(np.full((SIZE, SIZE), level))))
    assert observer.observed.jumps == [0, 0]
    assert observer.observed.levels == [0, 0, 40, 40]
