import pytest
import torch
from skimage.metrics import structural_similarity
from torchmetrics.functional.image import structural_similarity_index_measure

from tests.scoring.cues.predictions import pixels, seen
from vadlit.scoring.cues.ssim import SSIM
from vadlit.scoring.view import Cue


def test_it_is_the_structural_similarity_of_torchmetrics() -> None:
    cue: Cue = SSIM()
    prediction, target = pixels(0), pixels(1)
    expected = structural_similarity_index_measure(prediction[None], target[None], data_range=1.0)
    assert isinstance(expected, torch.Tensor)
    assert cue(seen(prediction, target)).value == pytest.approx(1 - expected.item(), abs=1e-4)


def test_its_map_is_that_of_scikit_image() -> None:
    prediction, target = pixels(0), pixels(1)
    _, expected = structural_similarity(
        target.numpy(),
        prediction.numpy(),
        channel_axis=0,
        data_range=1.0,
        gaussian_weights=True,
        use_sample_covariance=False,
        full=True,
    )
    found = SSIM()(seen(prediction, target)).map
    inner = torch.from_numpy(1 - expected.mean(axis=0)).float()[5:-5, 5:-5]
    torch.testing.assert_close(found[5:-5, 5:-5], inner, atol=1e-4, rtol=0)
    assert found.shape == target.shape[1:]


def test_the_same_frame_scores_nothing() -> None:
    assert SSIM()(seen(pixels(0), pixels(0))).value == pytest.approx(0, abs=1e-6)
