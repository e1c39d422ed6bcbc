"""The thesis's cue: how badly the frame was predicted."""

from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.psnr import error_map, psnr
from vadlit.scoring.quantity import PSNR
from vadlit.scoring.view import CueValue, View


class PredictionPSNR(WholeFrame):
    """`-PSNR` of the prediction in decibels, in [-100, 0], with its error map.

    Source: thesis section 3.4.
    """

    quantity = PSNR
    needs = frozenset({"frames", "prediction"})

    def __call__(self, view: View) -> CueValue:
        """Compare the prediction with the target."""
        value = -psnr(view.prediction, view.target).item()
        return CueValue(value, error_map(view.prediction, view.target))
