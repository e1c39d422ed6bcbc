"""The predictor: a frozen encoder and a decoder that imagines the next frame, or its features."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vadlit.data.store import FrameEncoder

Features = dict[str, Tensor]


class Predictor(nn.Module):
    """Encode each frame by itself, merge T frames' features and decode the next frame.

    Thesis section 3.3.1.

    Args:
        encoder: Frozen.
        decoder: Holds the merge; `taps` names the features it wants, and it maps a tap's features
            with time flattened into channels (B, T*C, h, w) to a batch of what it `predicts`,
            which is called a `prediction` (B, 3, H, W) or a `forecast` of features (B, C, h, w);
            `finished` makes of that what cues see.
    """

    def __init__(self, encoder: FrameEncoder, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        # A tenth faster on a CPU, faster still in half precision on a GPU.
        self.decoder = decoder.to(memory_format=torch.channels_last)
        self.taps: tuple[str, ...] = decoder.taps  # type: ignore[assignment]
        self.predicts: str = decoder.predicts  # type: ignore[assignment]

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.decoder.parameters()).device

    def encode(self, frames: Tensor, taps: Sequence[str] | None = None) -> Features:
        """Encode uint8 frames (N, 3, H, W): features (N, C, h, w) by tap, its own or others."""
        return self.encoder.encode(frames, self.taps if taps is None else taps)

    def forward(self, features: Features) -> Tensor:
        """Predict from a tap's features (B, T, C, h, w), in the units of training."""
        merged = {
            tap: x.flatten(1, 2).to(torch.float32, memory_format=torch.channels_last)
            for tap, x in features.items()
        }
        prediction: Tensor = self.decoder(merged)
        return prediction

    @torch.no_grad()
    def predict(self, features: Features) -> Tensor:
        """Predict what a cue sees from a tap's features (B, T, C, h, w)."""
        finished: Tensor = self.decoder.finished(self(features))  # type: ignore[operator]
        return finished
