"""The baseline every model has to beat: the next frame is the last one again."""

from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.psnr import error_map, psnr
from vadlit.scoring.quantity import PSNR
from vadlit.scoring.view import CueValue, View


class CopyPSNR(WholeFrame):
    """`-PSNR` of the last input frame in decibels, in [-100, 0], with its error map; no model."""

    quantity = PSNR
    needs = frozenset({"frames"})

    def __call__(self, view: View) -> CueValue:
        """Compare the last input frame with the target."""
        value = -psnr(view.last_input, view.target).item()
        return CueValue(value, error_map(view.last_input, view.target))
