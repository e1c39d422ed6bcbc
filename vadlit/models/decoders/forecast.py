"""A decoder that predicts what the encoder will say of the next frame, instead of its pixels."""

import torch
from torch import Tensor, nn

from vadlit.data.sequences import INPUT_FRAMES
from vadlit.models.decoders.base import merge, upsample

CHANNELS = 128


class ForecastDecoder(nn.Module):
    """`SkipTwiceDecoder` up to where it has the size of `layer2`, whose features it predicts.

    It learns by what they will differ from those of the last frame, and begins with nothing.
    """

    taps = ("layer2", "layer3", "layer4")
    predicts = "forecast"

    def __init__(self) -> None:
        super().__init__()
        self.merge = merge(512, 512)
        self.block1 = upsample(512, 256)
        self.skip3 = merge(256, 256)
        self.block2 = upsample(256 + 256, CHANNELS)
        self.skip2 = merge(CHANNELS, CHANNELS)
        self.head = nn.Conv2d(CHANNELS + CHANNELS, CHANNELS, kernel_size=3, padding=1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame's features.

        Args:
            features: A tap's features of T frames, time flattened into channels (B, T*C, h, w).

        Returns:
            (B, 128, H / 8, W / 8).
        """
        x = self.block1(self.merge(features["layer4"]))
        x = self.block2(torch.cat([x, self.skip3(features["layer3"])], dim=1))
        x = torch.cat([x, self.skip2(features["layer2"])], dim=1)
        last = features["layer2"].chunk(INPUT_FRAMES, dim=1)[-1]
        forecast: Tensor = last + self.head(x)
        return forecast

    def finished(self, forecast: Tensor) -> Tensor:
        """Features as the encoder has them, 0 or more: (B, 128, h, w) to the same."""
        return forecast.clamp(min=0)
