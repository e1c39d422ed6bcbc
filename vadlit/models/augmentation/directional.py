"""Light from one side: a lamp or a window near the line."""

from math import tau

import torch
from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.augmentation.draw import uniform


class Directional(nn.Module):
    """A gain that rises linearly across the frame, the same for all frames of a sequence.

    Its direction is drawn from all round, and its strength from 0 to `strength`: the gain goes from
    1 - strength in one corner to 1 + strength in the opposite one, and is 1 in the middle.

    Args:
        strength: The largest, in [0, 1].

    Raises:
        UserError: The range is out of bounds.
    """

    def __init__(self, strength: float = 0.3) -> None:
        super().__init__()
        self.strength = within("The augmentation's strength", strength, 1)

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        strength = uniform(sequences, 0, self.strength)
        direction = uniform(sequences, 0, tau)
        gain = 1 + strength[:, None, None] * _ramp(direction, *sequences.shape[-2:])
        return (sequences * gain[:, None, None]).clamp(max=1)


def _ramp(direction: Tensor, height: int, width: int) -> Tensor:
    """From -1 to 1 across the frame, along directions (B,) in radians from the right; (B, H, W)."""
    x, y = (
        torch.linspace(1 / size - 1, 1 - 1 / size, size).to(direction) * size / 2
        for size in (width, height)
    )
    right, down = direction.cos()[:, None, None], direction.sin()[:, None, None]
    ramp = right * x + down * y[:, None]
    return ramp / ramp.amax(dim=(1, 2), keepdim=True)
