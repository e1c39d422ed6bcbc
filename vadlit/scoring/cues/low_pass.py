"""The error of a prediction that is left after a low-pass filter, where it is large."""

from kornia.filters import gaussian_blur2d

from vadlit.checks import check_positive, within
from vadlit.errors import UserError
from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.psnr import decibels
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.view import CueValue, View

# Deviations that the filter reaches, and the largest for which that stays within any frame, pixels.
REACH, LARGEST = 3, 10


class LowPass(WholeFrame):
    """`-PSNR` of the low-passed error, of which differences up to `least` count for nothing.

    A blurred edge is as much too bright on its one side as it is too dark on the other, and is
    filtered out; a thing is not. In decibels, in [-100, 0]; the map is the error's absolute value.

    Args:
        sigma: Standard deviation of the Gaussian filter, pixels, above 0, up to 10.
        least: Differences that noise and light make, as a share of the range of a pixel, 0 to 1.

    Source: thesis section 5.3, there a wish.
    """

    quantity = Quantity("low-pass PSNR", "low-passed error", "dB", sign=-1)
    needs = frozenset({"frames", "prediction"})

    def __init__(self, sigma: float = 2.0, least: float = 0.03) -> None:
        check_positive("cue.sigma", sigma)
        if sigma > LARGEST:
            raise UserError(f"cue.sigma is {sigma}; allowed is a number above 0, up to {LARGEST}.")
        within("cue.least", least, 1)
        self.sigma = sigma
        self.least = least

    def __call__(self, view: View) -> CueValue:
        """Filter the error and compare what is left."""
        size = 2 * round(REACH * self.sigma) + 1
        error = (view.prediction - view.target)[None]
        left = gaussian_blur2d(error, (size, size), (self.sigma, self.sigma))[0].abs()
        left = left.where(left > self.least, 0)
        return CueValue(-decibels(left.square().mean()).item(), left.mean(dim=0))
