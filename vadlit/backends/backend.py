"""A back end: how a frozen encoder is run, and what of it lies in a saved detector."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from torch import Tensor

from vadlit.config import Config
from vadlit.data.store import FrameEncoder
from vadlit.models.encoder import Encoder


class Backend(Protocol):
    """Makes an encoder that gives the features of another one, and keeps it in a folder."""

    def convert(
        self,
        encoder: Encoder,
        taps: Sequence[str],
        size: tuple[int, int],
        frames: Iterator[Tensor] | None,
    ) -> FrameEncoder:
        """Make an encoder of certain taps and frames of a certain size.

        Args:
            encoder: The frozen one.
            taps: What it is to give.
            size: Height and width of the frames, pixels.
            frames: Normal footage for calibration, uint8 (3, H, W) each; None where there is none.

        Raises:
            UserError: Calibration frames are needed, or a package is missing.
        """

    def save(self, encoder: FrameEncoder, folder: Path) -> None:
        """Put what `load` needs into a folder."""

    def load(self, config: Config, folder: Path) -> FrameEncoder:
        """Read an encoder from a folder, or make the one that a configuration names.

        Raises:
            UserError: A file is missing or broken, or a package is missing.
        """
