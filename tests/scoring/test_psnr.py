import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio

from vadlit.scoring.psnr import error_map, psnr


def random_frames(seed: int, *shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def test_psnr_equals_scikit_image_for_each_leading_index() -> None:
    prediction, target = random_frames(0, 2, 5, 3, 24, 32), random_frames(1, 2, 5, 3, 24, 32)
    prediction[1] = target[1] + 0.01 * (prediction[1] - 0.5)
    values = psnr(prediction, target)
    assert values.shape == (2, 5)
    for index in np.ndindex(2, 5):
        reference = peak_signal_noise_ratio(
            target[index].numpy(), prediction[index].numpy(), data_range=1
        )
        assert values[index].item() == pytest.approx(reference, abs=1e-4)


@pytest.mark.parametrize("cap", [100.0, 60.0])
def test_same_frame_has_the_cap_exactly(cap: float) -> None:
    frame = random_frames(0, 3, 8, 8)
    assert psnr(frame, frame, cap).item() == cap


def test_nearly_the_same_frame_stays_at_the_cap() -> None:
    frame = random_frames(0, 3, 8, 8).double()
    assert psnr(frame + 1e-9, frame).item() == 100.0


def test_black_for_white_is_zero_decibels() -> None:
    assert psnr(torch.zeros(3, 4, 4), torch.ones(3, 4, 4)).item() == 0.0


def test_psnr_falls_with_the_error() -> None:
    frame = torch.zeros(3, 4, 4)
    values = [psnr(frame + error, frame).item() for error in (0.01, 0.1, 0.5)]
    assert values == pytest.approx([40.0, 20.0, 6.0206], abs=1e-3)


def test_no_number_gives_no_number() -> None:
    frame = torch.full((3, 4, 4), torch.nan)
    assert psnr(frame, torch.zeros(3, 4, 4)).isnan()


def test_frames_of_two_shapes_are_not_broadcast() -> None:
    with pytest.raises(AssertionError):
        psnr(torch.zeros(1, 4, 4), torch.zeros(3, 4, 4))
    with pytest.raises(AssertionError):
        error_map(torch.zeros(1, 4, 4), torch.zeros(3, 4, 4))


def test_error_map_is_the_mean_over_channels_by_a_naive_loop() -> None:
    prediction, target = random_frames(0, 3, 5, 7), random_frames(1, 3, 5, 7)
    result = error_map(prediction, target)
    assert result.shape == (5, 7)
    for y, x in np.ndindex(5, 7):
        errors = [abs(float(prediction[c, y, x]) - float(target[c, y, x])) for c in range(3)]
        assert result[y, x].item() == pytest.approx(sum(errors) / 3, abs=1e-6)


def test_error_map_keeps_leading_dimensions() -> None:
    assert error_map(torch.zeros(2, 6, 3, 4, 5), torch.zeros(2, 6, 3, 4, 5)).shape == (2, 6, 4, 5)
