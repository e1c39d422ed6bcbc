"""What else `skiptwice` could have been: how the skips join, the loss's space, the clips held out.

A study beside the thesis's runs, on a GPU that holds all frames and features:

    python experiments/ped2_thesis/alternatives.py [NAME ...]

Held-out clips choose; the test figures are for the record. Writes `alternatives.json`.
"""

import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from vadlit.config import data_root
from vadlit.data.events import Event
from vadlit.data.ped2 import find_layout, read_clips, read_test
from vadlit.data.sampler import RandomSequences
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.evaluation.roc import auroc
from vadlit.models.decoders.base import BaseDecoder, merge, upsample
from vadlit.models.decoders.skiptwice import SkipTwiceDecoder
from vadlit.models.encoder import Encoder
from vadlit.models.losses import gradient_l1, mse, ssim
from vadlit.models.normalisation import denormalise, normalise
from vadlit.scoring.psnr import psnr
from vadlit.video.resize import resize

SIZE, HELD_OUT, STEPS, BATCH, RATE = (224, 288), ("15", "16"), 125, 32, 3e-4
TAPS = ("layer1", "layer2", "layer3", "layer4")
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Added(BaseDecoder):
    """`skiptwice` with its skips added, not concatenated."""

    def __init__(self) -> None:
        super().__init__()
        self.skip3, self.skip2 = merge(256, 256), merge(128, 128)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame."""
        x = self.block1(self.merge(features["layer4"])) + self.skip3(features["layer3"])
        x = self.block2(x) + self.skip2(features["layer2"])
        prediction: Tensor = self.head(self.block4(self.block3(x)))
        return prediction


class Shallower(BaseDecoder):
    """Skips from `layer1` and `layer2`: "second and third layer" with the stem as the first."""

    def __init__(self) -> None:
        super().__init__()
        self.skip2, self.skip1 = merge(128, 128), merge(64, 64)
        self.block3, self.block4 = upsample(128 + 128, 64), upsample(64 + 64, 32)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame."""
        x = self.block2(self.block1(self.merge(features["layer4"])))
        x = self.block3(torch.cat([x, self.skip2(features["layer2"])], dim=1))
        x = self.block4(torch.cat([x, self.skip1(features["layer1"])], dim=1))
        prediction: Tensor = self.head(x)
        return prediction


class Thrice(SkipTwiceDecoder):
    """`skiptwice` with a third skip, from `layer1`."""

    def __init__(self) -> None:
        super().__init__()
        self.skip1, self.block4 = merge(64, 64), upsample(64 + 64, 32)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame."""
        x = self.block1(self.merge(features["layer4"]))
        x = self.block2(torch.cat([x, self.skip3(features["layer3"])], dim=1))
        x = self.block3(torch.cat([x, self.skip2(features["layer2"])], dim=1))
        prediction: Tensor = self.head(
            self.block4(torch.cat([x, self.skip1(features["layer1"])], dim=1))
        )
        return prediction


def in_normalised(prediction: Tensor, target: Tensor) -> Tensor:
    """The thesis's loss with MSE and gradient in normalised units, as the project trains."""
    structure = 1 - ssim(denormalise(prediction), denormalise(target))
    return 0.6 * mse(prediction, target) + 0.25 * gradient_l1(prediction, target) + 0.15 * structure


def in_pixels(prediction: Tensor, target: Tensor) -> Tensor:
    """The thesis's loss with every term in pixels: a fifth of the slope, a 20th of the MSE."""
    x, y = denormalise(prediction), denormalise(target)
    return 0.6 * mse(x, y) + 0.25 * gradient_l1(x, y) + 0.15 * (1 - ssim(x, y))


@dataclass(frozen=True)
class Alternative:
    """One way to build or train; `held_out` clips validate without being trained on."""

    decoder: type[BaseDecoder] = SkipTwiceDecoder
    loss: Callable[[Tensor, Tensor], Tensor] = in_normalised
    cosine: bool = False
    held_out: tuple[str, ...] = HELD_OUT


ALTERNATIVES = {
    "base": Alternative(decoder=BaseDecoder),
    "concatenated": Alternative(),
    "concatenated, cosine": Alternative(cosine=True),
    "concatenated, pixels": Alternative(loss=in_pixels),
    "concatenated, all clips": Alternative(held_out=()),
    "added": Alternative(decoder=Added),
    "added, cosine": Alternative(decoder=Added, cosine=True),
    "added, pixels, cosine": Alternative(decoder=Added, loss=in_pixels, cosine=True),
    "layer1 and layer2": Alternative(decoder=Shallower),
    "layer1 and layer2, pixels": Alternative(decoder=Shallower, loss=in_pixels),
    "layer1 to layer3": Alternative(decoder=Thrice),
}


class Clips:
    """Frames and features of some clips on the device, and where their sequences start."""

    def __init__(self, events: Sequence[Event], encoder: Encoder) -> None:
        images = [resize(frame, SIZE) for event in events for frame in event.frames]
        self.frames = torch.stack(images).to(DEVICE)
        encoded = [encoder.encode(batch, TAPS) for batch in torch.split(self.frames, 64)]
        self.features = {tap: torch.cat([x[tap].half() for x in encoded]) for tap in TAPS}
        self.starts: dict[str, list[int]] = {}
        first = 0
        for event in events:
            count = len(event.frames)
            self.starts[event.name] = [first + k for k in range(count - INPUT_FRAMES)]
            first += count

    def sequences(self, names: Sequence[str]) -> Tensor:
        """The first frames of the sequences of some clips."""
        return torch.tensor([k for name in names for k in self.starts[name]], device=DEVICE)

    def batch(self, starts: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Features of the inputs, flattened into channels, and the normalised targets."""
        inputs = starts[:, None] + torch.arange(INPUT_FRAMES, device=DEVICE)
        features = {tap: x[inputs].flatten(1, 2).float() for tap, x in self.features.items()}
        return features, normalise(self.frames[starts + INPUT_FRAMES].float() / 255)


def train(alternative: Alternative, clips: Clips, epochs: int) -> nn.Module:
    """Train a decoder on 4,000 sequences an epoch."""
    torch.manual_seed(0)
    decoder: nn.Module = alternative.decoder().to(DEVICE)
    optimizer = torch.optim.Adam(decoder.parameters(), RATE)
    pool = clips.sequences([name for name in clips.starts if name not in alternative.held_out])
    sampler = RandomSequences(len(pool), STEPS * BATCH, seed=0)
    for epoch in tqdm(range(epochs), unit="epoch", leave=False):
        sampler.set_epoch(epoch)
        drawn = pool[torch.tensor(list(sampler), device=DEVICE)]
        for step, starts in enumerate(torch.split(drawn, BATCH)):
            if alternative.cosine:
                done = (epoch + step / STEPS) / epochs
                optimizer.param_groups[0]["lr"] = RATE * (1 + math.cos(math.pi * done)) / 2
            features, target = clips.batch(starts)
            optimizer.zero_grad()
            torch.autograd.backward(alternative.loss(decoder(features), target))
            optimizer.step()
    decoder.eval()
    return decoder


@torch.no_grad()
def score(decoder: nn.Module, clips: Clips, names: Sequence[str]) -> Tensor:
    """PSNR of every sequence of some clips, decibels."""
    scored = []
    for starts in torch.split(clips.sequences(names), 64):
        features, target = clips.batch(starts)
        scored.append(psnr(denormalise(decoder(features)).clamp(0, 1), denormalise(target)))
    return torch.cat(scored)


def main(names: Sequence[str], epochs: int = 40) -> None:
    """Train and measure the named alternatives, or all of them."""
    torch.backends.cudnn.benchmark = True
    root, layout = find_layout(Path(data_root()) / "ped2")
    encoder = Encoder("bundled").to(DEVICE)
    normal = Clips(list(read_clips(root, layout.train).values()), encoder)
    events = read_test(root, layout)
    test = Clips(list(events.values()), encoder)
    labels = np.concatenate([event.labels()[INPUT_FRAMES:] for event in events.values()])
    file = Path(__file__).with_suffix(".json")
    for name in names or ALTERNATIVES:
        start = time.monotonic()
        decoder = train(ALTERNATIVES[name], normal, epochs)
        area = auroc(-score(decoder, test, list(events)).double().cpu().numpy(), labels)
        assert area is not None
        row: dict[str, Any] = {
            "epochs": epochs,
            "held_out_psnr": round(score(decoder, normal, HELD_OUT).mean().item(), 2),
            "frame_auroc": round(area, 4),
            "seconds": round(time.monotonic() - start),
        }
        print(name, row)
        known = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps(known | {name: row}, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
