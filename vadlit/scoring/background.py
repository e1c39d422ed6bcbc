"""The empty scene, under whatever light there is."""

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vadlit.scoring.cells import cell_means

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

# The light is taken tile by tile; things count for nothing while they cover less than half of one.
TILES = 4
# Added to grey levels before they are divided: noise would decide in the dark.
DARK = 8.0
# How much more of the picture than ever in normal footage differs when the scene has changed.
BEYOND = 1.25
# How much faster the background follows then.
HASTE = 20


class Scene(NamedTuple):
    """What is in front of the background.

    Attributes:
        foreground: (h, w) bool, cells with something in them.
        changed: More differs than things could cover: a lamp was switched, the camera was moved.
    """

    foreground: Tensor
    changed: bool


class Background:
    """The median of normal footage; it takes on each frame's light, and follows what stays.

    The light is the median ratio to the background in each of 4 x 4 tiles; what differs beyond it
    is foreground. Each frame moves the background towards itself by at most `follow`, which makes
    it a running median: what stays is absorbed. When the scene has changed it follows 20 times as
    fast.

    Args:
        contrast: Least mean difference of a foreground cell, grey levels of 255.
        follow: Grey levels a frame, at least 0.

    Source: running median, McFarlane and Schofield: Segmentation and tracking of piglets in
    images. Machine Vision and Applications 8, 1995.
    """

    def __init__(self, contrast: float, follow: float) -> None:
        self.contrast = contrast
        self.follow = follow
        self._learned: Floats = np.zeros((0, 0), np.float32)
        self._busiest = 1.0
        self.reset()

    def learn(self, greys: NDArray[np.uint8]) -> None:
        """Take the background, and how much may be in front of it, from frames (n, H, W)."""
        self._learned = np.median(greys, axis=0).astype(np.float32)
        self.reset()
        self._busiest = max(self._share(self._cells(grey, self._learned)) for grey in greys)

    def reset(self) -> None:
        """Go back to what was learned."""
        self._now = self._learned.copy()

    def of_learned(self, grey: Grey) -> Tensor:
        """Foreground of a frame (H, W) of normal footage, (h, w) bool; nothing is followed."""
        return self._cells(grey, self._learned)

    def see(self, grey: Grey) -> Scene:
        """What is in front, in the event's next frame (H, W)."""
        foreground = self._cells(grey, self._now)
        changed = self._share(foreground) > BEYOND * self._busiest
        step = self.follow * (HASTE if changed else 1)
        self._now += (grey - self._now).clip(-step, step)
        return Scene(foreground, changed)

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {
            "background": torch.from_numpy(self._learned),
            "busiest": torch.tensor(self._busiest),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self._learned = state["background"].numpy()
        self._busiest = float(state["busiest"])
        self.reset()

    def _cells(self, grey: Grey, background: Floats) -> Tensor:
        lit = (background + DARK) * light(grey, background) - DARK
        return cell_means(torch.from_numpy(np.abs(grey - lit))) > self.contrast

    @staticmethod
    def _share(foreground: Tensor) -> float:
        return float(foreground.float().mean())


def light(grey: Grey, background: Floats) -> Floats:
    """How much brighter a frame is than the background at each pixel, (H, W) > 0: smooth."""
    height, width = grey.shape
    ratio = (grey + np.float32(DARK)) / (background + np.float32(DARK))
    rows, columns = (np.linspace(0, size, TILES + 1).astype(int) for size in (height, width))
    tiles = [[np.median(ratio[a:b, c:d]) for c, d in pairwise(columns)] for a, b in pairwise(rows)]
    smooth = cv2.resize(np.array(tiles, np.float32), (width, height))
    return smooth.astype(np.float32)
