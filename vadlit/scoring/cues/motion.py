"""How fast things move at a place, whatever the light does."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vadlit.scoring.cells import DARK, Grey, cell_means, grey
from vadlit.scoring.view import View, spread

Floats = NDArray[np.float32]
# A frame and its contrast.
Looks = tuple[Grey, Grey]

# Standard deviation, pixels, of the surroundings that a pixel is divided by, and the grey level
# that they are raised to.
AROUND, LEVEL = 2.0, 110.0
# Frames that the change of contrast is learned from, the share of cells that are not fast, and the
# share of the fast ones whose contrast changes less than is asked for.
FRAMES, FAST, LITTLE = 300, 0.99, 0.1
LEAST_CHANGE = torch.tensor(1e-3)


class Motion:
    """Speed of the dense optical flow from the last frame, averaged around each cell.

    The flow is taken of the frames and of their contrast, each pixel divided by its surroundings,
    and at each pixel the slower of the two counts. The edge of a shadow moves in the frames, and
    not in their contrast, to which it is too soft; noise moves in the contrast, where there is
    none, and not in the frames; things move in both.

    On a plain surface under a shadow both flows are a guess. What moves also changes the contrast
    where it passes, so a speed counts by how far that has changed, up to the change that the fast
    things of normal footage bring about.

    Args:
        window: Height and width that the speed is averaged over, pixels, even, 8 or more.

    Source: Kroeger, Timofte, Dai, Van Gool: Fast optical flow using dense inverse search. ECCV
    2016.
    """

    needs = frozenset({"frames"})
    taps: tuple[str, ...] = ()
    changed = False

    def __init__(self, window: int = 16) -> None:
        self.window = window
        # Grey levels of contrast. Until it is learned, any change will do.
        self.change = LEAST_CHANGE
        # Of the frames and of their contrast at once: each keeps buffers of its own.
        self._flows = [
            cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM) for _ in range(2)
        ]
        self._threads = ThreadPoolExecutor(2)
        self._last: tuple[Tensor, Looks] | None = None

    def learn(self, normal: Sequence[View]) -> None:
        """Take from normal footage how much contrast changes where something moves fast."""
        chosen = spread(normal, FRAMES)
        speeds, changes = zip(*(self._moved(normal[number]) for number in chosen), strict=True)
        speed, change = torch.stack(speeds), torch.stack(changes)
        fast = speed >= speed.quantile(FAST)
        self.change = change[fast].quantile(LITTLE).maximum(LEAST_CHANGE)

    def reset(self) -> None:
        """Nothing is kept that a frame of another event could be taken for."""

    def cells(self, view: View) -> Tensor:
        """Mean speed around each cell, pixels a frame, (h, w)."""
        speed, change = self._moved(view)
        return speed * (change / self.change).clamp(max=1)

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"change": self.change}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.change = state["change"]

    def _moved(self, view: View) -> tuple[Tensor, Tensor]:
        """Speed around each cell, pixels a frame, and change of contrast, grey levels, (h, w)."""
        before, now = self._before(view.last_input), _looks(view.grey)
        self._last = view.target, now
        slower = np.minimum(*self._threads.map(_speed, self._flows, before, now))
        change = cv2.absdiff(before[1], now[1]).astype(np.float32)
        return cell_means(torch.from_numpy(slower), self.window), cell_means(
            torch.from_numpy(change), self.window
        )

    def _before(self, frame: Tensor) -> Looks:
        """The looks of the last frame, which mostly was the one to be scored a moment ago."""
        if self._last is not None and self._last[0] is frame:
            return self._last[1]
        return _looks(grey(frame))


def _speed(flow: cv2.DISOpticalFlow, before: Grey, now: Grey) -> Floats:
    # The stubs ask for an array to write to; without one, OpenCV makes it.
    found: Floats = flow.calc(before, now, None)  # type: ignore[call-overload]
    return cast(Floats, cv2.magnitude(*cv2.split(found)))


def _looks(image: Grey) -> Looks:
    return image, contrast(image)


def contrast(image: Grey) -> Grey:
    """A frame (H, W) without its light: each pixel divided by its surroundings, around 110."""
    lit = image + np.float32(DARK)
    ratio: Floats = lit / cv2.GaussianBlur(lit, (0, 0), AROUND)
    return (LEVEL * ratio).clip(0, 255).astype(np.uint8)
