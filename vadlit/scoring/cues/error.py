"""How badly a place was predicted."""

from torch import Tensor

from vadlit.checks import check_every_second
from vadlit.scoring.cells import CELL, cell_means
from vadlit.scoring.cues.plain import Plain
from vadlit.scoring.view import View


class PredictionError(Plain):
    """Root mean squared error of the prediction around each cell.

    Args:
        window: Height and width that the error is averaged over, pixels, even, 8 or more.
    """

    needs = frozenset({"frames", "prediction"})

    def __init__(self, window: int = 16) -> None:
        check_every_second("cue.parts.error.window", window, CELL)
        self.window = window

    def cells(self, view: View) -> Tensor:
        """Error around each cell, (h, w) in [0, 1]."""
        squares = (view.prediction - view.target).square().mean(dim=0)
        return cell_means(squares, self.window).sqrt()
