"""The variant with two skip connections (thesis 3.3.1.1)."""

import torch
from torch import Tensor

from vadlit.models.decoders.base import BaseDecoder, merge, upsample


class SkipTwiceDecoder(BaseDecoder):
    """`BaseDecoder` that also sees `layer3` after block 1 and `layer2` after block 2.

    A skip's features of all four frames are reduced by four by a 1x1 convolution and joined to
    the decoder's as further channels, where the sizes agree.
    """

    taps = ("layer2", "layer3", "layer4")

    def __init__(self) -> None:
        super().__init__()
        self.skip3 = merge(256, 256)
        self.skip2 = merge(128, 128)
        self.block2 = upsample(256 + 256, 128)
        self.block3 = upsample(128 + 128, 64)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame; shapes as for `BaseDecoder`."""
        x = self.block1(self.merge(features["layer4"]))
        x = self.block2(torch.cat([x, self.skip3(features["layer3"])], dim=1))
        x = self.block3(torch.cat([x, self.skip2(features["layer2"])], dim=1))
        prediction: Tensor = self.head(self.block4(x))
        return prediction
