"""Painted surfaces: their size, tiling and statistics."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from vadlit.simulation.textures import (
    brushed,
    finished,
    letter,
    printed,
    smooth,
    speckled,
    wooden,
    worn,
)


def test_smooth_noise_is_a_periodic_gaussian_blur() -> None:
    noise = np.random.default_rng(0).standard_normal((64, 96))
    blurred = gaussian_filter(noise, 3.0, mode="wrap", truncate=8)
    expected = (blurred - blurred.mean()) / blurred.std()
    np.testing.assert_allclose(smooth(noise, 3.0), expected, atol=1e-6)


def test_a_sheet_is_taken_back_by_the_mean_of_four_by_four() -> None:
    image, draw = printed((8, 12), (200, 100, 50))
    assert image.size == (48, 32)
    draw.rectangle((5, 3, 30, 17), fill=(10, 240, 90, 255))
    blocks = np.array(image).astype(float).reshape(8, 4, 12, 4, 4)
    alpha = blocks.mean(axis=(1, 3))[..., 3:]
    # What covers more counts more.
    color = (blocks[..., :3] * blocks[..., 3:]).mean(axis=(1, 3)) / alpha
    np.testing.assert_allclose(finished(image), np.concatenate([color, alpha], 2), atol=2)


@pytest.mark.parametrize("amount", [0.02, 0.1])
def test_speckles_keep_the_colour_and_deviate_by_their_amount(amount: float) -> None:
    texture = speckled(np.random.default_rng(0), (200, 300), (120, 90, 60), amount)
    assert texture.shape == (200, 300, 4)
    np.testing.assert_allclose(texture[..., :3].mean(axis=(0, 1)), [120, 90, 60], rtol=0.02)
    assert texture[..., 0].std() / 120 == pytest.approx(amount * np.hypot(1, 0.6), rel=0.1)


def test_lines_of_brushed_metal_and_wood_go_across() -> None:
    for texture in (
        brushed(np.random.default_rng(0), (100, 100), (200, 200, 200)),
        wooden(np.random.default_rng(0), (100, 100), (180, 150, 120)),
    ):
        light = texture[..., 0].astype(float)
        assert np.abs(np.diff(light, axis=0)).mean() > 1.5 * np.abs(np.diff(light, axis=1)).mean()
        assert (texture[..., 3] == 255).all()


def test_wear_lightens_by_scratches_and_darkens_by_stains_and_keeps_the_gloss() -> None:
    plain = np.full((100, 120, 4), 128, np.uint8)
    plain[..., 3] = 77
    scratched = worn(np.random.default_rng(0), plain, 30, 0)
    stained = worn(np.random.default_rng(0), plain, 0, 30)
    assert scratched[..., :3].min() >= 127 < 130 < scratched[..., :3].max()
    assert stained[..., :3].min() < 120 < 129 >= stained[..., :3].max()
    assert (scratched[..., 3] == 77).all()
    assert (plain[..., :3] == 128).all()


def test_letters_have_their_height() -> None:
    for height in (20, 60):
        left, top, right, bottom = letter(height).getbbox("H")
        assert 0.5 * height < bottom - top < height
        assert 0 < right - left < height
