"""How badly the worst place of a frame was predicted, however large it is."""

from collections.abc import Sequence

import torch

from vadlit.errors import UserError
from vadlit.scoring.cells import CELL, cell_means, to_pixels
from vadlit.scoring.cues.whole import WholeFrame
from vadlit.scoring.psnr import decibels
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.view import CueValue, View


class Block(WholeFrame):
    """`-PSNR` of the worst block, the mean over blocks of several sizes.

    Blocks lie 8 pixels apart, and overlap. A small thing is hidden by the mean over a frame, and
    noise shows in the smallest blocks: a thing shows in all. In decibels, in [-100, 0]; the map is
    the root mean squared error of the blocks around a place.

    Args:
        sizes: Heights and widths of the blocks, pixels, even, 8 or more.
    """

    quantity = Quantity("worst block's PSNR", "error of the blocks", "dB", sign=-1)
    needs = frozenset({"frames", "prediction"})

    def __init__(self, sizes: Sequence[int] = (8, 16, 32, 64)) -> None:
        if not sizes or not all(isinstance(x, int) and x >= CELL and x % 2 == 0 for x in sizes):
            raise UserError(
                f"cue.sizes is {sizes}; allowed are even whole numbers of {CELL} or more, such as "
                "[8, 16]."
            )
        self.sizes = tuple(sizes)

    def __call__(self, view: View) -> CueValue:
        """Find the worst blocks."""
        squares = (view.prediction - view.target).square().mean(dim=0)
        blocks = torch.stack([cell_means(squares, size) for size in self.sizes])
        value = -decibels(blocks.amax(dim=(1, 2))).mean()
        return CueValue(value.item(), to_pixels(blocks.sqrt().mean(dim=0)))
