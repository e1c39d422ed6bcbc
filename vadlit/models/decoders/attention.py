"""The variant with spatial attention (thesis 3.3.1.1)."""

import torch
from torch import Tensor, nn

from vadlit.models.decoders.base import BaseDecoder


class SpatialAttention(nn.Module):
    """Weigh places by a mask made of the channels' maximum and mean.

    Woo, Park, Lee, Kweon: CBAM: convolutional block attention module. ECCV 2018, section 3.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel_size=7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply features (B, C, h, w) by their mask (B, 1, h, w) in [0, 1]."""
        maps = torch.cat([x.amax(dim=1, keepdim=True), x.mean(dim=1, keepdim=True)], dim=1)
        mask: Tensor = self.conv(maps).sigmoid()
        return x * mask


class AttentionDecoder(BaseDecoder):
    """`BaseDecoder` with spatial attention between its blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.attention1 = SpatialAttention()
        self.attention2 = SpatialAttention()
        self.attention3 = SpatialAttention()

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame; shapes as for `BaseDecoder`."""
        x = self.attention1(self.block1(self.merge(features["layer4"])))
        x = self.attention2(self.block2(x))
        x = self.attention3(self.block3(x))
        prediction: Tensor = self.head(self.block4(x))
        return prediction
