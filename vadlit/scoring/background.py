"""The empty scene, under whatever light there is."""

from collections import deque
from collections.abc import Collection, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vadlit.scoring.cells import DARK, Grey, cell_means
from vadlit.scoring.registration import SETTLING
from vadlit.scoring.shift import STILL, Shift, moved

Floats = NDArray[np.float32]

# The light is taken tile by tile; things count for nothing while they cover less than half of one.
TILES = 4
# The scene has changed when the light differs by so much, as a logarithm, in so many of the tiles.
# In a quarter of an hour of three simulated lines things did so in four at most, shadows in eight;
# on Ped2 in none.
SWITCHED, MANY = 0.1, 5


class Scene(NamedTuple):
    """What is in front of the background.

    Attributes:
        foreground: (h, w) bool, cells with something in them.
        changed: The light differs by a tenth or more in a third of the picture, which things can
            hardly do: a lamp was switched, a shadow falls, the camera's exposure jumps.
    """

    foreground: Tensor
    changed: bool


class Background:
    """The median of normal footage; it takes on each frame's light, and follows what stays.

    The light is the median ratio to the background in each of 4 x 4 tiles; what differs beyond it
    is foreground. Each frame moves the background towards itself by at most `follow`, which makes
    it a running median: what stays is absorbed. When the scene has changed, the background takes
    on the new light at once and for good; to follow in haste would absorb what passes, and leave
    its ghosts behind.

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
        self.reset()

    def learn(self, greys: Sequence[Grey]) -> None:
        """Take the median of frames (H, W)."""
        self._learned = _median(greys)
        self.reset()

    def reset(self) -> None:
        """Go back to what was learned."""
        self._now = self._learned.copy()
        self._elsewhere: deque[Grey] = deque(maxlen=SETTLING)

    def of_learned(self, grey: Grey, shift: Shift = STILL) -> Tensor:
        """Foreground of a frame (H, W) of normal footage, (h, w) bool; nothing is followed."""
        background = moved(self._learned, shift)
        return self._in_front(grey, background, light(grey, background))

    def see(self, grey: Grey, shift: Shift = STILL, pushed: bool = False) -> Scene:
        """What is in front, in the event's next frame.

        Args:
            grey: (H, W).
            shift: How far its scene lies from that of the background.
            pushed: The scene is another one; once it is no longer, the median of the last 50
                frames in which it was is the background.
        """
        if pushed:
            self._elsewhere.append(grey)
        elif self._elsewhere:
            self._now = _median(self._elsewhere)
            self._elsewhere.clear()
        background = moved(self._now, shift)
        lit = light(grey, background)
        foreground = self._in_front(grey, background, lit)
        changed = int((np.abs(np.log(lit)) > SWITCHED).sum()) >= MANY
        if changed:
            self._now = _relit(self._now, lit)
        self._now += (moved(grey, -shift) - self._now).clip(-self.follow, self.follow)
        return Scene(foreground, changed)

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"background": torch.from_numpy(self._learned)}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self._learned = state["background"].numpy()
        self.reset()

    def _in_front(self, grey: Grey, background: Floats, tiles: Floats) -> Tensor:
        away = np.abs(grey - _relit(background, tiles))
        return cell_means(torch.from_numpy(away)) > self.contrast


def light(grey: Grey, background: Floats) -> Floats:
    """How much brighter a frame is than the background, (4, 4) > 0: the median in each tile."""
    height, width = (size // TILES for size in grey.shape)
    ratio = (grey + np.float32(DARK)) / (background + np.float32(DARK))
    tiles = ratio.reshape(TILES, height, TILES, width).swapaxes(1, 2).reshape(TILES * TILES, -1)
    return np.median(tiles, axis=1).astype(np.float32).reshape(TILES, TILES)


def _median(greys: Collection[Grey]) -> Floats:
    middle: Floats = np.median([*greys], axis=0).astype(np.float32)
    return middle


def _relit(background: Floats, tiles: Floats) -> Floats:
    """The background (H, W) in the light (4, 4) that `light` has found."""
    height, width = background.shape
    lit: Floats = (background + np.float32(DARK)) * cv2.resize(tiles, (width, height)) - DARK
    return lit
