"""The frozen ImageNet ResNet-18 that turns frames into features."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from vadlit.errors import UserError
from vadlit.models.normalisation import normalise
from vadlit.models.resnet import STAGES, folded, stages, stem

BUNDLED = Path(__file__).parent / "weights" / "resnet18_imagenet.safetensors"
TAPS = tuple(STAGES)


class Encoder(nn.Module):
    """ResNet-18 without its classifier: frozen, and in evaluation mode even after `train()`.

    He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016; thesis 3.3.1.

    Args:
        weights: `bundled`, `imagenet1k_v1` (torchvision's, downloaded) or the path of a
            .safetensors or .pt state dict of torchvision's resnet18.

    Raises:
        UserError: The weights are missing, unreadable or of another network.
    """

    def __init__(self, weights: str = "bundled") -> None:
        super().__init__()
        state = _used(load_weights(weights))
        with torch.device("meta"):
            self.stem = stem()
            for tap, stage in stages():
                self.add_module(tap, stage)
        try:
            self.load_state_dict(folded(state), assign=True)
        except RuntimeError as error:
            raise UserError(
                f"The encoder weights {weights} do not fit; allowed is a state dict of "
                "torchvision's resnet18."
            ) from error
        self.identity = _fingerprint(state)
        # Much faster on a CPU than the default layout.
        self.to(memory_format=torch.channels_last)
        self.requires_grad_(False)
        self.train(False)

    def train(self, mode: bool = True) -> "Encoder":
        """Stay in evaluation mode: batch statistics of footage must not leak into the features."""
        return super().train(False)

    def forward(self, images: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        """Encode normalised images (N, 3, H, W) up to the deepest of the taps.

        Returns:
            A tap's features (N, C, h, w): 64 channels at 1/4 size for `layer1`, 128 at 1/8,
            256 at 1/16, 512 at 1/32 for `layer4`.

        Raises:
            UserError: Height or width is not divisible by 32.
        """
        height, width = images.shape[-2:]
        if height % 32 or width % 32:
            raise UserError(
                f"A frame is {height}x{width} pixels; allowed are a height and a width divisible "
                "by 32."
            )
        features: dict[str, Tensor] = {}
        x = self.stem(images.contiguous(memory_format=torch.channels_last))
        for tap in TAPS[: _depth(taps)]:
            x = self.get_submodule(tap)(x)
            if tap in taps:
                features[tap] = x
        return features

    @torch.no_grad()
    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        """Encode uint8 frames (N, 3, H, W), each by itself."""
        device = next(self.parameters()).device
        features: dict[str, Tensor] = self(normalise(frames.to(device).float() / 255), taps)
        return features


def load_weights(weights: str) -> dict[str, Tensor]:
    """Load a state dict by name or path, without running code from it."""
    if weights == "imagenet1k_v1":
        return _download()
    path = BUNDLED if weights == "bundled" else Path(weights).expanduser()
    if not path.is_file():
        raise UserError(
            f"There are no encoder weights {weights}; allowed are bundled, imagenet1k_v1 or the "
            "path of a file."
        )
    try:
        return _read(path)
    except Exception as error:  # torch.load raises whatever the broken bytes lead to
        raise UserError(
            f"The encoder weights {path} cannot be read; allowed is a .safetensors or .pt state "
            "dict of torchvision's resnet18."
        ) from error


def _read(path: Path) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        return load_file(path)
    state = torch.load(path, map_location="cpu", weights_only=True)
    if not all(isinstance(x, Tensor) and isinstance(key, str) for key, x in state.items()):
        raise TypeError("not a state dict")
    return dict(state)


def _download() -> dict[str, Tensor]:
    from torchvision.models import ResNet18_Weights  # takes seconds to import

    try:
        state = ResNet18_Weights.IMAGENET1K_V1.get_state_dict(check_hash=True, weights_only=True)
    except Exception as error:  # the network, the disk and torch.load raise their own
        raise UserError(
            f"The encoder weights imagenet1k_v1 cannot be downloaded ({type(error).__name__}); "
            "allowed without a network are bundled or the path of a file."
        ) from error
    return dict(state)


def _used(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Less the classifier, and less counters that matter in training alone; single precision."""
    return {
        key: value.float()
        for key, value in state.items()
        if not key.startswith("fc.") and not key.endswith("num_batches_tracked")
    }


def _depth(taps: Iterable[str]) -> int:
    return max(TAPS.index(tap) for tap in taps) + 1


def _fingerprint(state: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for key in sorted(state):
        digest.update(key.encode() + state[key].contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]
