"""The grid that local cues speak about: cells of 8x8 pixels, as large as a step of `layer2`."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Grey = NDArray[np.uint8]

CELL = 8
# Added to grey levels before they are divided: noise would decide in the dark.
DARK = 8.0


def cell_means(image: Tensor, window: int = CELL) -> Tensor:
    """Mean of an image around each cell, the border repeated: (H, W) to (H / 8, W / 8).

    Args:
        image: Height and width divisible by 8.
        window: Height and width that a mean is taken over, pixels, 8 or more and even.
    """
    margin = (window - CELL) // 2
    padded = functional.pad(image[None, None], [margin] * 4, mode="replicate")
    means: Tensor = functional.avg_pool2d(padded, window, CELL)[0, 0]
    return means


def around(cells: Tensor, context: int) -> Tensor:
    """Mean over the cells around each, those that there are: (C, h, w) or (B, C, h, w) to the same.

    Args:
        cells: Some numbers a cell.
        context: Height and width that a mean is taken over, cells, odd.
    """
    return functional.avg_pool2d(cells, context, 1, context // 2, count_include_pad=False)


def to_pixels(cells: Tensor) -> Tensor:
    """Spread cells over their pixels: (h, w) to (8 h, 8 w)."""
    spread: Tensor = cells.repeat_interleave(CELL, 0).repeat_interleave(CELL, 1)
    return spread


def grey(frame: Tensor) -> Grey:
    """Luma of a frame, ITU-R BT.601: (3, H, W) in [0, 1] to uint8 (H, W)."""
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=frame.dtype, device=frame.device)
    luma: Tensor = torch.tensordot(weights, frame, dims=1)
    levels: Grey = (luma * 255).round_().clamp_(0, 255).to(torch.uint8).cpu().numpy()
    return levels
