"""The shadow of someone who stands or walks by the line."""

from math import tau

import torch
from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.augmentation.draw import uniform

SIDES = 4
# Distance of a side from the shadow's middle, as a share of the shorter side of the frame.
NEAREST, FURTHEST = 0.1, 0.6


class Shadow(nn.Module):
    """A darker polygon with soft edges, the same in all frames of a sequence.

    Its middle is drawn from the whole frame; it has four sides at most, each at its own angle and
    distance, and may reach out of the frame.

    Args:
        darkness: How much of the light is taken, drawn from 0 to this; in [0, 1].
        softness: Width of the half-shadow, pixels, drawn from 1 to 1 more than this; in [0, 100].

    Raises:
        UserError: A range is out of bounds.
    """

    def __init__(self, darkness: float = 0.5, softness: float = 16.0) -> None:
        super().__init__()
        self.darkness = within("The augmentation's darkness", darkness, 1)
        self.softness = within("The augmentation's softness", softness, 100)

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        height, width = sequences.shape[-2:]
        darkness = uniform(sequences, 0, self.darkness)
        softness = uniform(sequences, 1, 1 + self.softness)
        middle = uniform(sequences, 0, 1, 2) * sequences.new_tensor([width, height])
        turns = uniform(sequences, 0, 1, 1) + torch.arange(SIDES).to(sequences)
        angles = (turns + uniform(sequences, -0.3, 0.3, SIDES)) * tau / SIDES
        distances = uniform(sequences, NEAREST, FURTHEST, SIDES) * min(height, width)
        hidden = _soft_polygon(middle, angles, distances, softness, height, width)
        gain = 1 - darkness[:, None, None] * hidden
        return sequences * gain[:, None, None]


def _soft_polygon(
    middle: Tensor, angles: Tensor, distances: Tensor, softness: Tensor, height: int, width: int
) -> Tensor:
    """1 inside polygons, 0 outside, and between them a smooth step `softness` wide; (B, H, W).

    Args:
        middle: (B, 2), right and down, pixels; pixels are squares from 0 to 1.
        angles: (B, sides), the way from the middle to each side, radians from the right.
        distances: (B, sides), from the middle to each side, pixels.
        softness: (B,), pixels, above 0.
        height: Of the frame.
        width: Of the frame.
    """
    x = torch.arange(width).to(middle) + 0.5 - middle[:, :1]
    y = torch.arange(height).to(middle) + 0.5 - middle[:, 1:]
    right, down = (way[:, :, None, None] for way in (angles.cos(), angles.sin()))
    outwards = right * x[:, None, None] + down * y[:, None, :, None]
    depth = (distances[:, :, None, None] - outwards).amin(dim=1)
    step = (0.5 + depth / softness[:, None, None]).clamp(0, 1)
    return step * step * (3 - 2 * step)
