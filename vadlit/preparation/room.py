"""Whether the data set fits on the disk, from a first second of each piece of footage."""

from collections.abc import Sequence
from itertools import groupby, islice

import numpy as np

from vadlit.disk import as_text, free_bytes
from vadlit.errors import UserError
from vadlit.preparation.frames import cut, jpeg
from vadlit.preparation.plan import Planned
from vadlit.preparation.settings import Settings

SAMPLES = 5  # frames encoded of the first second
BLOCK = 4096  # a file takes whole blocks of the disk
SPARE = 1.1


def require_room(events: Sequence[Planned], settings: Settings) -> None:
    """Refuse to begin what would fill the disk.

    Args:
        events: Those that are not written yet.
        settings: Where to, and at which size and quality.

    Raises:
        UserError: They need more than is free.
    """
    needed = 0.0
    for _, group in groupby(events, key=lambda event: event.source):
        of_source = list(group)
        frames = sum(len(event.picks) for event in of_source)
        needed += SPARE * frames * bytes_a_frame(of_source[0], settings)
    free = free_bytes(settings.out)
    if needed > free:
        raise UserError(
            f"The data set needs about {as_text(needed)} and {settings.out} has {as_text(free)} "
            "free; allowed is a disk with more room, or a smaller size, rate or quality."
        )


def bytes_a_frame(event: Planned, settings: Settings) -> float:
    """What a frame of an event takes on the disk, on average."""
    step = max(1, round(event.source.timeline.rate / SAMPLES))
    frames = islice(event.source.first_second(), 0, None, step)
    sizes = [len(jpeg(cut(f, event.roi, settings.size), settings.quality)) for f in frames]
    return float(np.mean([BLOCK * -(-size // BLOCK) for size in sizes]))
