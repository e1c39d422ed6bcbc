"""The error of a prediction that no change of light explains."""

import torch
from torch import Tensor

from vadlit.errors import UserError
from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.psnr import decibels
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.view import CueValue, View

# What a lamp or a shadow multiplies light by, at the least and at the most: with no bounds, a flat
# prediction could be turned into anything.
DARKEST, BRIGHTEST = 0.5, 2.0


class Invariant(WholeFrame):
    """`-PSNR` of what is left once light is made up for: in the whole frame, and block by block.

    The prediction of each colour is multiplied by a gain and raised by an offset, such that the
    least squared error is left: one of each for the frame, as under another lamp, and one for each
    block, as under a shadow. The error is the mean over both, so that what a block has lost with
    its offset still counts in the frame. In decibels, in [-100, 0]; the map is its root.

    Args:
        block: Height and width of a block, pixels; those of a frame are divisible by it.
    """

    quantity = Quantity("PSNR but for light", "error but for light", "dB", sign=-1)
    needs = frozenset({"frames", "prediction"})

    def __init__(self, block: int = 32) -> None:
        if not isinstance(block, int) or block < 2 or 32 % block:
            raise UserError(f"cue.block is {block}; allowed are 2, 4, 8, 16 and 32 pixels.")
        self.block = block

    def __call__(self, view: View) -> CueValue:
        """Make up for the light and compare what is left."""
        _, height, width = view.target.shape
        squares = torch.stack(
            [
                unexplained(view.prediction, view.target, size)
                for size in ((height, width), (self.block, self.block))
            ]
        ).mean(dim=(0, 1))
        return CueValue(-decibels(squares.mean()).item(), squares.sqrt())


def unexplained(prediction: Tensor, target: Tensor, size: tuple[int, int]) -> Tensor:
    """Squared error that no gain and offset of each block explain, (C, H, W).

    Args:
        prediction: (C, H, W).
        target: The same.
        size: Height and width of a block, of which H and W are multiples.
    """
    shown, true = _blocks(prediction, size), _blocks(target, size)
    shown, true = (x - x.mean(dim=(2, 4), keepdim=True) for x in (shown, true))
    together, alone = ((shown * x).sum(dim=(2, 4), keepdim=True) for x in (true, shown))
    # A flat block has no gain, and none is needed.
    gain = (together / alone.clamp(min=1e-12)).clamp(DARKEST, BRIGHTEST)
    return (true - gain * shown).square().reshape(target.shape)


def _blocks(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Split (C, H, W) into blocks of a size (h, w): (C, H / h, h, W / w, w)."""
    (channels, height, width), (h, w) = image.shape, size
    return image.reshape(channels, height // h, h, width // w, w)
