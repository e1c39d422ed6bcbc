"""The thesis's decoder and the two layers that every decoder is made of."""

from torch import Tensor, nn

from vadlit.data.sequences import INPUT_FRAMES
from vadlit.models.normalisation import denormalise
from vadlit.models.shared_norm import SharedBatchNorm2d
from vadlit.models.upsampling import Upsampling


def merge(channels: int, out: int) -> nn.Conv2d:
    """1x1 convolution that merges four frames' features, time flattened into channels (3.3.1)."""
    return nn.Conv2d(INPUT_FRAMES * channels, out, kernel_size=1)


def upsample(channels: int, out: int) -> nn.Sequential:
    """Transposed convolution to twice the size, batch norm and ReLU (thesis 3.3.1)."""
    return nn.Sequential(
        Upsampling(channels, out),  # the norm's shift makes a bias redundant
        SharedBatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


class BaseDecoder(nn.Module):
    """Merge, four upsampling blocks 512 -> 256 -> 128 -> 64 -> 32 and a transposed convolution.

    Thesis 3.3.1. No norm and no activation at the end: the prediction is in normalised units.
    """

    taps: tuple[str, ...] = ("layer4",)
    predicts = "prediction"

    def __init__(self) -> None:
        super().__init__()
        self.merge = merge(512, 512)
        self.block1 = upsample(512, 256)
        self.block2 = upsample(256, 128)
        self.block3 = upsample(128, 64)
        self.block4 = upsample(64, 32)
        self.head = nn.ConvTranspose2d(32, 3, 3, stride=2, padding=1, output_padding=1)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame.

        Args:
            features: A tap's features of T frames, time flattened into channels (B, T*C, h, w).

        Returns:
            (B, 3, H, W), ImageNet-normalised units.
        """
        x = self.merge(features["layer4"])
        x = self.block4(self.block3(self.block2(self.block1(x))))
        prediction: Tensor = self.head(x)
        return prediction

    def finished(self, prediction: Tensor) -> Tensor:
        """Pixels in [0, 1]: (B, 3, H, W) in normalised units to the same."""
        return denormalise(prediction).clamp(0, 1)
