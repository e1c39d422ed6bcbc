"""Haze, glare or another gain of the camera's: less contrast, or more."""

from kornia.enhance import adjust_contrast_with_mean_subtraction
from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.augmentation.draw import either_way


class Contrast(nn.Module):
    """The distance from the mean grey of the sequence grows or shrinks.

    Args:
        contrast: The factor is drawn from 1 - contrast to 1 + contrast; in [0, 1].

    Raises:
        UserError: The range is out of bounds.
    """

    def __init__(self, contrast: float = 0.2) -> None:
        super().__init__()
        self.contrast = within("The augmentation's contrast", contrast, 1)

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        batch, count, channels, height, width = sequences.shape
        # One below the other: the mean is that of all frames, else each would change by its own.
        tall = sequences.transpose(1, 2).reshape(batch, channels, count * height, width)
        factor = 1 + either_way(sequences, self.contrast)
        changed = adjust_contrast_with_mean_subtraction(tall, factor)
        return changed.view(batch, channels, count, height, width).transpose(1, 2)
