"""On a graphics card, where there is one."""

import torch

from vadlit.benchmark.encoding import encoding_rate, multiply_adds, peak
from vadlit.benchmark.figures import Figure, Outcome
from vadlit.benchmark.footage import belt
from vadlit.benchmark.turns import Way, in_turns
from vadlit.benchmark.whole import whole
from vadlit.models.encoder import Encoder
from vadlit.video.resize import resize

# Batches of a turn.
TIMES = 20


def gpu(size: list[int], sequences: int, epochs: int, batches: list[int], turns: int) -> Outcome:
    """The thesis's training without and with augmentation, and the encoder's frames a second.

    Args:
        size: Height and width of a frame.
        sequences: Of an epoch.
        epochs: Of the training.
        batches: Frames that are encoded at once.
        turns: Of each.
    """
    if not torch.cuda.is_available():
        return "there is no graphics card here"
    return measured("cuda", size, sequences, epochs, batches, turns)


def measured(
    device: str, size: list[int], sequences: int, epochs: int, batches: list[int], turns: int
) -> list[Figure]:
    """The same on any device; only a graphics card is held to the goals."""
    encoder = Encoder().to(device)
    shown = [resize(image, (size[0], size[1])) for image in belt(max(batches))]
    work = multiply_adds(encoder, shown[0])
    ways: dict[str, Way] = {
        f"batches of {each}": encoding_rate(encoder, shown, TIMES * each, each) for each in batches
    }
    found = in_turns(ways | {"peak": lambda: peak(device)}, turns)
    card = torch.cuda.get_device_name() if device == "cuda" else device
    return [
        *whole(size, 2550, sequences, epochs, "none", 0.5),
        *whole(size, 2550, sequences, epochs, "general", 1.5),
        *(Figure(f"{card}, encoder, {name}", found[name], "frames/s") for name in ways),
        *(
            Figure(
                f"{card}, encoder, {name}: share of the limit",
                [a * work / b for a, b in zip(found[name], found["peak"], strict=True)],
            )
            for name in ways
        ),
    ]
