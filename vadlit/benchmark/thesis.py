"""The thesis's way of training: what a first version of it would be, in PyTorch as it comes.

Every sequence's frames are decoded and encoded when it is trained on, torchvision's network and
PyTorch's layers are taken in the default memory layout, and autograd goes through the losses.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torchmetrics.functional.image import structural_similarity_index_measure
from torchvision.models import resnet18

from vadlit.data.sequences import INPUT_FRAMES
from vadlit.models.augmentation.general import General
from vadlit.models.encoder import load_weights
from vadlit.models.losses import mse
from vadlit.models.normalisation import denormalise, normalise
from vadlit.video.folder import FrameFolder
from vadlit.video.resize import resize


class ThesisTraining:
    """Trains `base`, a batch at a time.

    Args:
        files: The frames of a clip, in order.
        size: Height and width that they are resized to.
        batch_size: Sequences of a batch.
        augmented: Change each sequence as `augmentation=general` does.
    """

    def __init__(
        self, files: Sequence[Path], size: tuple[int, int], batch_size: int, *, augmented: bool
    ) -> None:
        self.encoder = thesis_encoder()
        self.decoder = thesis_decoder()
        self.optimizer = torch.optim.Adam(self.decoder.parameters(), lr=3e-4)
        self.augmentation = General() if augmented else nn.Identity()
        self.files, self.size, self.batch_size = files, size, batch_size

    def step(self) -> float:
        """Train on random sequences; return the loss."""
        sequences = normalise(self.augmentation(self._read() / 255))
        inputs, target = sequences[:, :INPUT_FRAMES], sequences[:, INPUT_FRAMES]
        with torch.no_grad():
            features = self.encoder(inputs.flatten(0, 1))
        merged = features.unflatten(0, (self.batch_size, INPUT_FRAMES)).flatten(1, 2)
        loss = thesis_loss(self.decoder(merged), target)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.item()

    def _read(self) -> Tensor:
        starts = torch.randint(len(self.files) - INPUT_FRAMES, (self.batch_size,))
        return torch.stack([self._sequence(start) for start in starts.tolist()]).float()

    def _sequence(self, start: int) -> Tensor:
        files = self.files[start : start + INPUT_FRAMES + 1]
        return torch.stack([resize(frame, self.size) for frame in FrameFolder(tuple(files))])


def thesis_encoder() -> nn.Module:
    """Normalised images (N, 3, H, W) to the features of layer4 (N, 512, H / 32, W / 32)."""
    network = resnet18()
    network.avgpool = network.fc = nn.Identity()
    network.load_state_dict(load_weights("bundled"))
    return nn.Sequential(*network.children()).requires_grad_(False).eval()


def thesis_decoder() -> nn.Module:
    """`base`, thesis 3.3.1: merged features (B, 2048, h, w) to a frame (B, 3, 32h, 32w)."""
    widths = (512, 256, 128, 64, 32)
    blocks = (
        nn.Sequential(_upsampling(channels, out, bias=False), nn.BatchNorm2d(out), nn.ReLU(True))
        for channels, out in pairwise(widths)
    )
    merge = nn.Conv2d(INPUT_FRAMES * widths[0], widths[0], kernel_size=1)
    return nn.Sequential(merge, *blocks, _upsampling(widths[-1], 3, bias=True))


def _upsampling(channels: int, out: int, *, bias: bool) -> nn.Module:
    return nn.ConvTranspose2d(channels, out, 3, 2, padding=1, output_padding=1, bias=bias)


def thesis_loss(prediction: Tensor, target: Tensor) -> Tensor:
    """The thesis's loss, equation 3.1, by autograd: (B, 3, H, W) twice to a scalar."""
    error = prediction - target
    gradient = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    similarity = structural_similarity_index_measure(
        denormalise(prediction), denormalise(target), data_range=1.0
    )
    assert isinstance(similarity, Tensor)
    return 0.6 * mse(prediction, target) + 0.25 * gradient + 0.15 * (1 - similarity)
