"""The one way a frame gets its working size."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional


def resize(frame: npt.NDArray[np.uint8], size: tuple[int, int]) -> Tensor:
    """Resize a frame by antialiased bilinear interpolation, as torchvision's `resize` does.

    Args:
        frame: uint8 RGB (H, W, 3).
        size: Height and width in pixels.

    Returns:
        uint8 (3, height, width).
    """
    image = torch.from_numpy(np.array(frame)).permute(2, 0, 1)
    return functional.interpolate(image[None], size, mode="bilinear", antialias=True)[0]
