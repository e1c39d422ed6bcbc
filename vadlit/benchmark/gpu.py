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


def gpu(
    size: list[int], frames: int, sequences: int, epochs: int, batches: list[int], turns: int
) -> Outcome:
    """The thesis's training without and with augmentation, and the encoder's frames a second.

    Args:
        size: Height and width of a frame.
        frames: Of the training set, where Ped2 is missing.
        sequences: Of an epoch.
        epochs: Of the training.
        batches: Frames that are encoded at once.
        turns: Of each.
    """
    if not torch.cuda.is_available():
        return "there is no graphics card here"
    return [
        *whole(size, frames, sequences, epochs, "none", 0.5),
        *whole(size, frames, sequences, epochs, "general", 1.5),
        *encoder_on("cuda", torch.cuda.get_device_name(), size, batches, turns),
    ]


def encoder_on(
    device: str, name: str, size: list[int], batches: list[int], turns: int
) -> list[Figure]:
    """Frames a second of the encoder on a device of some name, and its share of the limit."""
    encoder = Encoder().to(device)
    shown = [resize(image, (size[0], size[1])) for image in belt(max(batches))]
    work = multiply_adds(encoder, shown[0])
    ways: dict[str, Way] = {
        f"batches of {each}": encoding_rate(encoder, shown, TIMES * each, each) for each in batches
    }
    found = in_turns(ways | {"peak": lambda: peak(device)}, turns)
    return [
        *(Figure(f"{name}, {way}", found[way], "frames/s") for way in ways),
        *(
            Figure(
                f"{name}, {way}: share of the limit",
                [rate * work / top for rate, top in zip(found[way], found["peak"], strict=True)],
            )
            for way in ways
        ),
    ]
