"""How far a predicted frame is from the true one: as decibels, and as a map."""

from torch import Tensor


def psnr(prediction: Tensor, target: Tensor, cap: float = 100.0) -> Tensor:
    """Peak signal-to-noise ratio in decibels, `10 log10(1 / MSE)`, at most `cap`.

    Args:
        prediction: (..., C, H, W) in [0, 1], float32 or float64.
        target: The same shape and range.
        cap: The value of identical frames, in decibels, so that no score is infinite.

    Returns:
        One value for each leading index, (...), in [0, cap]; low is anomalous.

    Source: thesis equation 2.9 with a peak of 1.

    >>> import torch
    >>> round(psnr(torch.full((3, 8, 8), 0.6), torch.full((3, 8, 8), 0.5)).item(), 3)
    20.0
    """
    assert prediction.shape == target.shape, (prediction.shape, target.shape)
    return decibels((prediction - target).square().mean(dim=(-3, -2, -1)), cap)


def decibels(mean_squared_error: Tensor, cap: float = 100.0) -> Tensor:
    """Mean squared errors of pixels in [0, 1], of any shape, as a PSNR of at most `cap`."""
    return (-10.0 * mean_squared_error.log10()).clamp(max=cap)


def error_map(prediction: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error over the channels: (..., C, H, W) in [0, 1] to (..., H, W) in [0, 1].

    Source: the heat maps of thesis figures 4.1 and 4.2.
    """
    assert prediction.shape == target.shape, (prediction.shape, target.shape)
    return (prediction - target).abs().mean(dim=-3)
