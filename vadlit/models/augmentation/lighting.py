"""A lamp or the daylight drifts."""

from kornia.enhance import adjust_brightness_accumulative
from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.augmentation.draw import either_way


class Lighting(nn.Module):
    """One gain for the whole sequence; thesis section 3.2.2.

    Args:
        brightness: The gain is drawn from 1 - brightness to 1 + brightness; in [0, 1].

    Raises:
        UserError: The range is out of bounds.
    """

    def __init__(self, brightness: float = 0.15) -> None:
        super().__init__()
        self.brightness = within("The augmentation's brightness", brightness, 1)

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        return adjust_brightness_accumulative(sequences, 1 + either_way(sequences, self.brightness))
