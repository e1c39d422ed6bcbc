"""The encoder, frame by frame: back ends against each other and against what the machine can do."""

from collections.abc import Mapping, Sequence
from math import prod
from statistics import median

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from vadlit.benchmark.figures import Figure, Outcome, at_least, ratio
from vadlit.benchmark.footage import belt
from vadlit.benchmark.turns import Way, in_turns, seconds
from vadlit.config import Config, build
from vadlit.data.store import FrameEncoder
from vadlit.extras import MissingPackageError
from vadlit.models.encoder import TAPS, Encoder
from vadlit.video.resize import resize

# Frames that integers are calibrated on.
CALIBRATION = 32
# A convolution that reads and writes little for what it multiplies: batch, channels, height, width.
LARGE = (8, 256, 56, 56)


def encoding(
    size: list[int],
    frames: int,
    turns: int,
    floats: Mapping[str, Config],
    integers: Mapping[str, Config],
) -> Outcome:
    """Frames a second of the whole ResNet-18, and multiply-adds against a large convolution's.

    Args:
        size: Height and width of a frame.
        frames: Of a turn.
        turns: Of each way.
        floats: Back ends in single precision, by name.
        integers: Others in integers of 8 bits.
    """
    height, width = size
    shown = [resize(image, (height, width)) for image in belt(CALIBRATION)]
    encoder = Encoder()
    try:
        made = {
            name: build(settings, "vadlit.backends").convert(
                encoder, TAPS[-1:], (height, width), iter(shown)
            )
            for name, settings in {**floats, **integers}.items()
        }
    except MissingPackageError as error:
        return str(error)
    ways: dict[str, Way] = {name: encoding_rate(each, shown, frames) for name, each in made.items()}
    found = in_turns(ways | {"peak": peak}, turns)
    work = multiply_adds(encoder, shown[0])
    best, fastest = (max(names, key=lambda n: median(found[n])) for names in (floats, integers))
    share = [rate * work / top for rate, top in zip(found[best], found["peak"], strict=True)]
    return [
        *(Figure(name, found[name], "frames/s") for name in made),
        Figure("a large convolution", [top / 1e9 for top in found["peak"]], "G multiply-adds/s"),
        Figure(f"{best}: share of the limit", share, "", at_least(0.8)),
        ratio(f"{fastest} over {best}", found[fastest], found[best], at_least(2.5)),
    ]


def peak(device: str = "cpu") -> float:
    """Multiply-adds a second of a large convolution in PyTorch, the best of ten."""
    _, channels, _, _ = LARGE
    conv = torch.nn.Conv2d(channels, channels, 3, padding=1).requires_grad_(False)
    conv = conv.to(device).to(memory_format=torch.channels_last)
    x = torch.randn(LARGE).to(device, memory_format=torch.channels_last)
    return prod(LARGE) * channels * 9 / min(seconds(lambda: conv(x)) for _ in range(10))


def multiply_adds(encoder: Encoder, frame: Tensor) -> int:
    """Of a frame, uint8 (3, H, W), through the whole encoder."""
    counter = FlopCounterMode(display=False)
    with counter:
        encoder.encode(frame[None], TAPS[-1:])
    # It counts a multiplication and an addition as two.
    return counter.get_total_flops() // 2


def encoding_rate(
    encoder: FrameEncoder, shown: Sequence[Tensor], frames: int, at_once: int = 1
) -> Way:
    """Frames a second of an encoder that is given so many at once."""
    batches = [
        torch.stack([shown[(first + each) % len(shown)] for each in range(at_once)])
        for first in range(0, frames, at_once)
    ]

    def work() -> None:
        for batch in batches:
            encoder.encode(batch, TAPS[-1:])

    return lambda: at_once * len(batches) / seconds(work)
