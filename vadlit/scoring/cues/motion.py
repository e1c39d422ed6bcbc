"""How fast things move at a place."""

import cv2
import numpy as np
import torch
from torch import Tensor

from vadlit.scoring.cells import cell_means, grey
from vadlit.scoring.cues.plain import Plain
from vadlit.scoring.view import View


class Motion(Plain):
    """Speed of the dense optical flow from the last frame, averaged around each cell.

    Args:
        window: Height and width that the speed is averaged over, pixels, even, 8 or more.

    Source: Kroeger, Timofte, Dai, Van Gool: Fast optical flow using dense inverse search. ECCV
    2016.
    """

    needs = frozenset({"frames"})

    def __init__(self, window: int = 16) -> None:
        self.window = window
        self.flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def cells(self, view: View) -> Tensor:
        """Mean speed around each cell, pixels a frame, (h, w)."""
        before, now = (grey(frame).cpu().numpy() for frame in (view.last_input, view.target))
        # The stubs ask for an array to write to; without one, OpenCV makes it.
        flow = self.flow.calc(before, now, None)  # type: ignore[call-overload]
        return cell_means(torch.from_numpy(np.hypot(flow[..., 0], flow[..., 1])), self.window)
