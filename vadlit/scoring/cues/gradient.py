"""How wrong the edges of a prediction are."""

import torch

from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.psnr import decibels
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.view import CueValue, View


class Gradient(WholeFrame):
    """`-PSNR` of the spatial gradient: light that changes slowly over the frame does not count.

    The gradient is that of central differences, a pixel apart; its error is the length of the
    difference of two. In decibels, in [-100, 0]; the map is the mean error over the colours.

    Source: the edge-focused measure that the thesis wishes for, section 5.3, made of its
    equation 2.6.
    """

    quantity = Quantity("gradient PSNR", "error of the gradient", "dB", sign=-1)
    needs = frozenset({"frames", "prediction"})

    def __call__(self, view: View) -> CueValue:
        """Compare the gradients."""
        down, right = torch.gradient(view.prediction - view.target, dim=(-2, -1))
        error = down.hypot(right)
        return CueValue(-decibels(error.square().mean()).item(), error.mean(dim=0))
