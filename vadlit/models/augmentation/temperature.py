"""Lamps of another colour, or another white balance."""

import torch
from kornia.augmentation import RandomPlanckianJitter
from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.augmentation.draw import either_way

# The light that footage is taken to be balanced for; the coldest and warmest that are known.
NEUTRAL, COLDEST, WARMEST, STEP = 6500.0, 15000.0, 3000.0, 500.0
MIRED = 1e6
LARGEST = int(MIRED / NEUTRAL - MIRED / COLDEST)


class Temperature(nn.Module):
    """Red and blue as under a black body of another colour temperature; green stays.

    Args:
        mired: By how many mireds (a million over the temperature in kelvin) the light is warmer
            or colder than 6500 K, drawn evenly either way; in [0, 87]. A step of 40 mireds is
            from 6500 to 5200 or 8800 K.

    Raises:
        UserError: The range is out of bounds.

    Source: the table of Zini et al.: Planckian jitter: countering the color-crippling effects of
    color jitter on self-supervised training. ICLR 2023, as kornia has it, linear in between.
    """

    def __init__(self, mired: float = 40.0) -> None:
        super().__init__()
        self.mired = within("The augmentation's mired", mired, LARGEST)

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        kelvin = MIRED / (MIRED / NEUTRAL + either_way(sequences, self.mired))
        gains = _balance(kelvin) / _balance(kelvin.new_tensor([NEUTRAL]))
        return (sequences * gains[:, None, :, None, None]).clamp(max=1)


def _balance(kelvin: Tensor) -> Tensor:
    """Red, green and blue of a black body over its green, (B,) to (B, 3)."""
    table: Tensor = RandomPlanckianJitter(mode="blackbody").pl.to(kelvin)
    place = (kelvin - WARMEST) / STEP
    below = place.long().clamp(0, len(table) - 2)
    red, blue = torch.lerp(table[below], table[below + 1], (place - below)[:, None]).unbind(1)
    return torch.stack([red, torch.ones_like(red), blue], dim=1)
