"""The encoder as it is, in PyTorch."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from torch import Tensor

from vadlit.config import Config, build
from vadlit.data.store import FrameEncoder
from vadlit.models.encoder import Encoder


class Torch:
    """The default: nothing is converted, and the encoder is named rather than saved."""

    def convert(
        self,
        encoder: Encoder,
        taps: Sequence[str],
        size: tuple[int, int],
        frames: Iterator[Tensor] | None,
    ) -> FrameEncoder:
        """The encoder itself."""
        return encoder

    def save(self, encoder: FrameEncoder, folder: Path) -> None:
        """Nothing: the package brings the weights along."""

    def load(self, config: Config, folder: Path) -> FrameEncoder:
        """Build the encoder that is named."""
        encoder: FrameEncoder = build(config, "vadlit.models")
        return encoder
