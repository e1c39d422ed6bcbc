"""What the camera makes of a plain picture."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from vadlit.simulation.camera import Camera
from vadlit.simulation.render import MARGIN, Picture

PLAIN: dict[str, float] = {
    "exposure": 1.0, "drift": 0.0, "fade": 0.0, "adapts": 0.0, "vibration": 0.0, "softness": 0.0,
    "noise": 0.0, "vignette": 0.0, "quality": 100, "rate": 30.0,
}  # fmt: skip
SIZE = (64, 80)


def picture(light: Any) -> Picture:
    full = np.broadcast_to(light, (SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN, 3))
    planes = np.array(full.transpose(2, 0, 1), np.float32)
    return Picture(planes, np.full(SIZE, -1, np.int16))


def taken(light: Any, time: float = 0.0, **changes: float) -> npt.NDArray[np.float64]:
    camera = Camera(np.random.default_rng(0), **(PLAIN | changes))
    return camera.take(picture(light), time).astype(float)


def shown(light: float) -> float:
    """SRGB by its definition, with the shoulder."""
    toned = light * (1 + 0.22 * (1 - light))
    return 255 * (12.92 * toned if toned < 0.0031308 else 1.055 * toned ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("light", [0.0, 0.002, 0.1, 0.5, 1.0])
def test_plain_light_is_shown_by_the_tone_curve(light: float) -> None:
    image = taken(light)
    assert image.shape == (*SIZE, 3)
    np.testing.assert_allclose(image, shown(light), atol=0.6)
    np.testing.assert_allclose(taken(light / 2, exposure=2.0), image, atol=1)


def test_nothing_is_moved_or_blurred_without_shaking_and_softness() -> None:
    light = np.random.default_rng(1).uniform(0, 1, (SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN, 3))
    expected = np.vectorize(shown)(light[MARGIN:-MARGIN, MARGIN:-MARGIN])
    np.testing.assert_allclose(taken(light), expected, atol=1.0)


def test_softness_gives_light_to_the_neighbours() -> None:
    light = np.zeros((SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN, 3))
    light[MARGIN + 10, MARGIN + 20] = 0.5
    image = taken(light, softness=0.2)
    np.testing.assert_allclose(image[10, 20], shown(0.5 * 0.6 * 0.6), atol=1)
    np.testing.assert_allclose(image[10, 21], shown(0.5 * 0.6 * 0.2), atol=1)
    np.testing.assert_allclose(image[11, 21], shown(0.5 * 0.2 * 0.2), atol=1)
    assert image[10, 22].max() == 0


def test_noise_is_that_of_its_variance_and_grows_with_light() -> None:
    """Linear light is found by the curve's slope; neighbours share some of the noise."""
    for light in (0.1, 0.5):
        slope = (shown(light + 0.01) - shown(light - 0.01)) / 0.02
        deviation = taken(light, noise=3.0).std() / slope
        expected = 3 * np.sqrt((1.2e-4 * light + 1.2e-5) * (0.92**2 + 2 * 0.28**2))
        assert deviation == pytest.approx(expected, rel=0.06)


def test_corners_lose_light_and_the_middle_does_not() -> None:
    image = taken(0.5, vignette=0.4)
    assert image[0, 0, 0] == pytest.approx(shown(0.5 * 0.6), abs=1)
    assert image[SIZE[0] // 2, SIZE[1] // 2, 0] == pytest.approx(shown(0.5), abs=1)


def test_shaking_moves_the_picture_by_its_share_of_a_pixel() -> None:
    ramp = np.linspace(0.2, 0.8, SIZE[1] + 2 * MARGIN)[None, :, None]
    camera = Camera(np.random.default_rng(0), **(PLAIN | {"vibration": 0.5}))
    step = float(ramp[0, 1, 0] - ramp[0, 0, 0])
    slope = (shown(0.51) - shown(0.49)) / 0.02 * step
    middle = [float(camera.take(picture(ramp), 0.0)[:, 38:42].mean()) for _ in range(400)]
    assert np.std(middle) / slope == pytest.approx(0.5, rel=0.25)
    assert np.std(np.diff(middle)) < 1.2 * np.std(middle)  # it wanders


def test_the_camera_makes_up_for_lost_light_in_about_a_second() -> None:
    camera = Camera(np.random.default_rng(0), **(PLAIN | {"adapts": 1.0}))
    bright = float(camera.take(picture(0.4), 0.0).mean())
    dark = [float(camera.take(picture(0.2), k / 30).mean()) for k in range(90)]
    assert dark[0] < 0.85 * bright
    assert dark[30] > 0.95 * bright
    assert dark[-1] == pytest.approx(bright, abs=1.5)


def test_drift_is_slow_and_bounded() -> None:
    camera = Camera(np.random.default_rng(0), **(PLAIN | {"drift": 0.1}))
    values = np.array([float(camera.take(picture(0.4), t).mean()) for t in np.arange(0, 60, 0.5)])
    assert shown(0.4 * 0.9) - 1 <= values.min() < shown(0.4) - 2
    assert shown(0.4) + 2 < values.max() <= shown(0.4 * 1.1) + 1
    assert np.abs(np.diff(values)).max() < 4


@pytest.mark.parametrize(("seconds", "left"), [(0, 1.0), (1800, 0.8), (3600, 0.6), (9000, 0.6)])
def test_light_fades_evenly_in_the_first_hour(seconds: float, left: float) -> None:
    np.testing.assert_allclose(taken(0.4, seconds, fade=0.4), shown(0.4 * left), atol=0.6)


def test_quality_costs_detail() -> None:
    light = np.random.default_rng(1).uniform(0, 1, (SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN, 3))
    errors = [np.abs(taken(light, quality=q) - taken(light)).mean() for q in (95, 20)]
    assert 0 < errors[0] < errors[1]
