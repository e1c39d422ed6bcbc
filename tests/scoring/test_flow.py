import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from vadlit.scoring.flow import DenseFlow, contrast, lengths
from vadlit.scoring.view import View


def texture() -> NDArray[np.float64]:
    found = gaussian_filter(np.random.default_rng(0).random((96, 128)), 2, mode="wrap")
    ranged: NDArray[np.float64] = (found - found.min()) / np.ptp(found)
    return ranged


def moved(right: float, down: float) -> View:
    """A texture, and the same so many pixels further."""
    pair = [texture(), shift(texture(), (down, right), order=3, mode="grid-wrap")]
    frames = torch.from_numpy(np.stack(pair)).float().clip(0, 1)
    return View(frames[:, None].expand(-1, 3, -1, -1))


@pytest.mark.parametrize(("right", "down"), [(3.0, 1.0), (-2.0, 0.0), (0.0, -1.5)])
def test_vectors_are_pixels_to_the_right_and_down(right: float, down: float) -> None:
    vectors = DenseFlow()(moved(right, down)).vectors[16:-16, 16:-16]
    assert np.median(vectors, axis=(0, 1)).tolist() == pytest.approx([right, down], abs=0.15)


def test_change_is_that_of_contrast() -> None:
    view = moved(3.0, 1.0)
    before, after = (
        contrast((frame[0].numpy() * 255).round().astype(np.uint8)) for frame in view.frames
    )
    expected = np.abs(before.astype(float) - after)
    np.testing.assert_allclose(DenseFlow()(view).change, expected, atol=2)


def test_lengths_are_those_of_vectors() -> None:
    vectors = np.array([[[3.0, 4.0], [0.0, -2.0]]], np.float32)
    assert lengths(vectors).tolist() == [[5.0, 2.0]]


def test_contrast_is_the_ratio_to_the_surroundings() -> None:
    image = (texture() * 200).astype(np.uint8)
    lit = image.astype(np.float64) + 8
    expected = 110 * lit / gaussian_filter(lit, 2.0, mode="mirror", truncate=4)
    assert np.abs(contrast(image)[8:-8, 8:-8] - np.floor(expected)[8:-8, 8:-8]).max() <= 1
