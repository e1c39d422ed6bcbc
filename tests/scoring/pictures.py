"""A drawn scene with texture, and what a camera that moves makes of it."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.ndimage import shift as moved_by_splines

Grey = NDArray[np.uint8]
SIZE = (128, 192)


def scene(seed: int = 0, size: tuple[int, int] = SIZE, blur: float = 3.0) -> Grey:
    """Texture, grey levels 60 to 140."""
    texture = gaussian_filter(np.random.default_rng(seed).random(size), blur)
    texture = (texture - texture.min()) / np.ptp(texture)
    grey: Grey = (60 + 80 * texture).astype(np.uint8)
    return grey


def pushed(picture: Grey, x: float, y: float) -> Grey:
    """The picture moved to the right and down, what comes in at the border mirrored."""
    found = moved_by_splines(picture.astype(float), (y, x), mode="mirror")
    grey: Grey = found.clip(0, 255).round().astype(np.uint8)
    return grey
