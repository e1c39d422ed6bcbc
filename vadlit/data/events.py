"""An event: one continuous piece of footage with its ground truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vadlit.data.frames import Counted, Frames
from vadlit.errors import UserError
from vadlit.video.folder import IMAGE_SUFFIXES

Range = tuple[int, int]
Bait = tuple[int, int, str]


@dataclass(frozen=True)
class Event:
    """One continuous piece of footage; no sequence crosses it.

    Args:
        name: Unique in its split.
        frames: The footage: a folder of frames or a video.
        anomalous: Anomalous frames as inclusive ranges counted from 0; none means normal.
        masks: Pixel ground truth, one image a frame, anomalous where not 0; None where unknown.
        bait: Frames that are meant to fool a detector, as inclusive ranges, and by what.
        frame_rate: Frames a second; None where unknown.
    """

    name: str
    frames: Frames
    anomalous: tuple[Range, ...] = ()
    masks: tuple[Path, ...] | None = None
    bait: tuple[Bait, ...] = ()
    frame_rate: float | None = None

    @property
    def place(self) -> Path:
        """The folder or the video that holds the footage."""
        file = self.frames.files[0]
        return file.parent if file.suffix.lower() in IMAGE_SUFFIXES else file

    def labels(self) -> npt.NDArray[np.bool_]:
        """True on anomalous frames: (n,)."""
        labels = np.zeros(len(self.frames), dtype=np.bool_)
        for first, last in self.anomalous:
            labels[first : last + 1] = True
        return labels

    def shortened(self, limit: int | None) -> "Event":
        """The event's first `limit` frames (all of them for None)."""
        if limit is None or limit >= len(self.frames):
            return self
        return Event(
            self.name,
            Counted(self.frames, limit),
            tuple((a, min(b, limit - 1)) for a, b in self.anomalous if a < limit),
            self.masks and self.masks[:limit],
            tuple((a, min(b, limit - 1), kind) for a, b, kind in self.bait if a < limit),
            self.frame_rate,
        )


def check_ranges(
    ranges: Sequence[Range], frames: int, source: Path, kind: str = "anomalous"
) -> tuple[Range, ...]:
    """Pass on ranges that are in bounds, in order and apart.

    Args:
        ranges: Inclusive ranges counted from 0.
        frames: Frames of the event.
        source: The file that states them, named in the error.
        kind: What they are ranges of, named in the error.

    Raises:
        UserError: A range is reversed, out of bounds or overlaps the one before.
    """
    end = -1
    for first, last in ranges:
        if not (end < first <= last < frames):
            raise UserError(
                f"The {kind} range [{first}, {last}] in {source} is not allowed: ranges, "
                f"counted from 0, rise, do not overlap and lie in 0 to {frames - 1}."
            )
        end = last
    return tuple(ranges)
