"""The thesis's way of training: what a first version of it would be, in PyTorch as it comes.

Every sequence's frames are decoded and encoded when it is trained on, in the default memory
layout, and autograd goes through the losses.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torchmetrics.functional.image import structural_similarity_index_measure

from vadlit.data.sequences import INPUT_FRAMES
from vadlit.models.augmentation.general import General
from vadlit.models.decoders.base import BaseDecoder
from vadlit.models.encoder import TAPS, Encoder
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
        encoder = Encoder()
        stages = (encoder.get_submodule(tap) for tap in TAPS)
        self.encoder = nn.Sequential(encoder.stem, *stages).to(
            memory_format=torch.contiguous_format
        )
        self.decoder = BaseDecoder()
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
        loss = thesis_loss(self.decoder({"layer4": merged}), target)
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


def thesis_loss(prediction: Tensor, target: Tensor) -> Tensor:
    """The thesis's loss, equation 3.1, by autograd: (B, 3, H, W) twice to a scalar."""
    error = prediction - target
    gradient = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    similarity = structural_similarity_index_measure(
        denormalise(prediction), denormalise(target), data_range=1.0
    )
    assert isinstance(similarity, Tensor)
    return 0.6 * mse(prediction, target) + 0.25 * gradient + 0.15 * (1 - similarity)
