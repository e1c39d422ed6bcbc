"""Views of a random frame and of what was predicted for it."""

import torch
from torch import Tensor

from vadlit.scoring.view import View

SIZE = (64, 96)


def pixels(seed: int) -> Tensor:
    """Smooth random pixels (3, H, W), in [0.2, 0.8]."""
    coarse = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(seed))
    fine = torch.nn.functional.interpolate(coarse, SIZE, mode="bicubic", align_corners=False)
    return fine[0].clamp(0, 1) * 0.6 + 0.2


def seen(prediction: Tensor, target: Tensor) -> View:
    """A prediction and the frame that came; those before it do not matter."""
    return View(target.expand(5, -1, -1, -1), prediction)
