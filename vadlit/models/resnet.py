"""The parts of ResNet-18, each batch norm part of the convolution before it.

Torchvision has the network as well, but its import takes a third of the time until a detector
watches its first frame. He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR
2016, table 1.
"""

from collections.abc import Iterator, Mapping

from torch import Tensor, nn
from torch.nn.functional import relu_
from torch.nn.utils.fusion import fuse_conv_bn_weights

# Channels of the stem and of the stages; each stage but the first halves height and width.
STEM = 64
STAGES = {"layer1": 64, "layer2": 128, "layer3": 256, "layer4": 512}
EPSILON = 1e-5


class Block(nn.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(self, before: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        around = [nn.Conv2d(before, channels, 1, stride)] if stride > 1 else []
        self.downsample = nn.Sequential(*around)

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, H, W) to (N, channels, H / stride, W / stride)."""
        y: Tensor = self.conv2(relu_(self.conv1(x)))
        y += self.downsample(x)
        return relu_(y)


def stem() -> nn.Sequential:
    """Images (N, 3, H, W) to (N, 64, H / 4, W / 4)."""
    return nn.Sequential(
        nn.Conv2d(3, STEM, 7, 2, padding=3), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
    )


def stages() -> Iterator[tuple[str, nn.Sequential]]:
    """Each with its name, in order."""
    before = STEM
    for name, channels in STAGES.items():
        stride = 1 if channels == before else 2
        yield name, nn.Sequential(Block(before, channels, stride), Block(channels, channels, 1))
        before = channels


def folded(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Torchvision's state dict with each batch norm made part of the convolution before it.

    Encoding takes a tenth less time so.

    Args:
        state: Of convolutions and batch norms, without counters; what is neither stays.

    Raises:
        RuntimeError: A batch norm is missing or does not fit its convolution.
    """
    left = dict(state)
    for key in [key for key, value in state.items() if value.ndim == 4]:
        name = key.removesuffix(".weight")
        norm = name.replace("conv", "bn").replace("downsample.0", "downsample.1")
        try:
            mean, var, scale, shift = (
                left.pop(f"{norm}.{of}") for of in ("running_mean", "running_var", "weight", "bias")
            )
        except KeyError as error:
            raise RuntimeError(f"{key} has no batch norm: {error} is missing.") from error
        weight, bias = fuse_conv_bn_weights(left.pop(key), None, mean, var, EPSILON, scale, shift)
        # The first one is in the stem, the others are under the names they have.
        name = "stem.0" if name == "conv1" else name
        left |= {f"{name}.weight": weight.detach(), f"{name}.bias": bias.detach()}
    return left
