"""How little the structure of a frame resembles that of its prediction."""

from kornia.metrics import ssim

from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.view import CueValue, View

WINDOW = 11


class SSIM(WholeFrame):
    """`1 - SSIM` of prediction and target, in [0, 2], with its map.

    Gaussian window of 11 x 11 pixels and sigma 1.5, frames mirrored at their edges; the mean over
    colours and pixels.

    Source: Wang, Bovik, Sheikh, Simoncelli: Image quality assessment: from error visibility to
    structural similarity. IEEE Transactions on Image Processing 2004; thesis equation 2.5.
    """

    quantity = Quantity("1 - SSIM", "1 - SSIM")
    needs = frozenset({"frames", "prediction"})

    def __call__(self, view: View) -> CueValue:
        """Compare the structure around each pixel."""
        where = 1 - ssim(view.prediction[None], view.target[None], WINDOW)[0].mean(dim=0)
        return CueValue(where.mean().item(), where)
