"""How badly the features of a place were predicted."""

from torch import Tensor

from vadlit.checks import check_every_second
from vadlit.scoring.cells import around
from vadlit.scoring.cues.plain import Plain
from vadlit.scoring.view import View


class ForecastError(Plain):
    """Root mean squared error of the predicted `layer2` features of each cell.

    Args:
        context: Height and width that squared errors are averaged over, cells, odd.
    """

    needs = frozenset({"forecast", "features"})
    taps = ("layer2",)

    def __init__(self, context: int = 3) -> None:
        check_every_second("cue.parts.forecast.context", context, 1)
        self.context = context

    def cells(self, view: View) -> Tensor:
        """Error of each cell, (h, w), 0 or more, in the unit of the features."""
        squares = (view.prediction - view.features["layer2"].float()).square().mean(dim=0)
        return around(squares[None], self.context)[0].sqrt()
