"""Made-up features of four frames, as the encoder's of an ImageNet network: none is negative."""

import torch
from torch import Tensor

CHANNELS = {"layer1": 64, "layer2": 128, "layer3": 256, "layer4": 512}
STRIDE = {"layer1": 4, "layer2": 8, "layer3": 16, "layer4": 32}


def features(
    taps: tuple[str, ...], batch: int, height: int, width: int, seed: int = 0
) -> dict[str, Tensor]:
    """A tap's features (B, 4*C, h, w) of frames of height x width pixels."""
    generator = torch.Generator().manual_seed(seed)
    return {
        tap: torch.rand(
            batch,
            4 * CHANNELS[tap],
            height // STRIDE[tap],
            width // STRIDE[tap],
            generator=generator,
        )
        for tap in taps
    }
