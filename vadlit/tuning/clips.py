"""Held-out footage cut into clips, each as it is and made anomalous in every way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import torch

from vadlit.data.frames import Counted
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.data.store import StoredEvent
from vadlit.errors import UserError
from vadlit.scoring.view import spread
from vadlit.tuning.anomalies import Anomaly

NORMAL = "normal"


@dataclass(frozen=True)
class Clip:
    """A stretch of an event.

    Attributes:
        source: The event.
        first, end: The frames from `first` on and before `end`.
        kind: `NORMAL` or the anomaly's name.
        anomaly: None where it is normal.
        seed: Of what the anomaly draws.
    """

    source: StoredEvent
    first: int
    end: int
    kind: str = NORMAL
    anomaly: Anomaly | None = None
    seed: int = 0

    @property
    def name(self) -> str:
        """Its event, first frame and kind."""
        return f"{self.source.event.name}-{self.first}-{self.kind}"

    def stored(self) -> StoredEvent:
        """The clip as an event of its own, in memory.

        Raises:
            UserError: It is too short to be scored.
        """
        frames = self.source.array("frames")[self.first : self.end]
        if self.anomaly is not None:
            seed = crc32(f"{self.seed} {self.name}".encode())
            frames = self.anomaly(frames, torch.Generator().manual_seed(seed))
        count = len(frames)
        if count <= INPUT_FRAMES:
            raise UserError(
                f"The clip {self.name} has {count} frames; allowed are {INPUT_FRAMES + 1} or more: "
                "validation footage that is longer, or a larger clips.frames."
            )
        footage = Counted(self.source.event.frames, count)
        return StoredEvent(replace(self.source.event, frames=footage), {"frames": frames})


def clips(
    held_out: Sequence[StoredEvent],
    anomalies: Mapping[str, Anomaly],
    frames: int,
    count: int,
    seed: int,
) -> list[Clip]:
    """Cut normal events into clips, and make each anomalous in every way.

    Args:
        held_out: Normal events that nothing was learned from.
        anomalies: By name.
        frames: Of a clip at least, where its event has as many; what is left over is shared out.
        count: Normal clips at most, evenly spread.
        seed: Of what the anomalies draw.
    """
    parts = [
        (event, part * len(event) // pieces, (part + 1) * len(event) // pieces)
        for event in held_out
        for pieces in [max(1, len(event) // frames)]
        for part in range(pieces)
    ]
    chosen = [parts[number] for number in spread(parts, count)]
    normal = [Clip(*part) for part in chosen]
    made = [
        Clip(*part, kind, anomaly, seed) for part in chosen for kind, anomaly in anomalies.items()
    ]
    return normal + made
