"""Which frames of which footage become which event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vadlit.data.events import Range
from vadlit.data.labels import Labels
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.errors import UserError
from vadlit.preparation.settings import Settings
from vadlit.preparation.sources import Source
from vadlit.preparation.split import split
from vadlit.preparation.timeline import Picks
from vadlit.video.roi import Roi

FEWEST = INPUT_FRAMES + 1


@dataclass(frozen=True, eq=False)
class Planned:
    """An event to be made.

    Args:
        split: "train", "val" or "test".
        name: Unique in the data set.
        source: The footage it is taken from.
        picks: (n,) the frame of the footage that each of its frames is, rising or repeating.
        labels: In its own frame numbers.
        roi: Pixels of the footage.
    """

    split: str
    name: str
    source: Source
    picks: Picks
    labels: Labels
    roi: Roi

    @property
    def key(self) -> str:
        """Its place in the data set."""
        return f"{self.split}/{self.name}"

    @property
    def seconds(self) -> float:
        """How long it is on show."""
        assert self.labels.frame_rate is not None
        return len(self.picks) / self.labels.frame_rate

    def provenance(self, settings: Settings) -> dict[str, Any]:
        """What it is made of and how; the same provenance gives the same frames."""
        files = self.source.footage.files
        stats = [file.stat() for file in files]
        return {
            "source": str(self.source.path.absolute()),
            "bytes": sum(stat.st_size for stat in stats),
            "modified": max(stat.st_mtime for stat in stats),
            "source_frames": [int(self.picks[0]), int(self.picks[-1])],
            "frames": len(self.picks),
            "frame_rate": self.labels.frame_rate,
            "resampled": settings.rate is not None,
            "picture": list(self.source.picture),
            "roi": self.roi.plain(),
            "size": list(settings.size),
            "quality": settings.quality,
        }


def plan(
    train: Sequence[Source], test: Sequence[Source], rois: Sequence[Roi], settings: Settings
) -> list[Planned]:
    """The events of a data set, those of one piece of footage in a row and in order of time.

    Args:
        train: Footage that is split.
        test: Footage that tests as a whole.
        rois: Of each piece of footage in turn.
        settings: How to split, and the frame rate.

    Raises:
        UserError: A split gets fewer frames than a sequence needs.
    """
    planned = []
    for source, roi in zip(train, rois[: len(train)], strict=True):
        parts = split(source.timeline.times, _anomalous(source), settings.shares)
        for name in ("train", "val", "test"):
            for part in getattr(parts, name):
                event = f"{source.name}-{part[0]:06d}"
                planned.append(_event(name, event, source, part, settings.rate, roi))
    for source, roi in zip(test, rois[len(train) :], strict=True):
        whole = (0, len(source.timeline) - 1)
        planned.append(_event("test", source.name, source, whole, settings.rate, roi))
    long = [event for event in planned if len(event.picks) >= FEWEST]
    _refuse_short(long, planned)
    order = {source.name: place for place, source in enumerate([*train, *test])}
    return sorted(long, key=lambda event: (order[event.source.name], event.picks[0]))


def mapped(first: int, last: int, picks: Picks) -> Range | None:
    """A range of the footage's frames in the numbers of an event's; None where it has none."""
    start = int(np.searchsorted(picks, first, side="left"))
    end = int(np.searchsorted(picks, last, side="right")) - 1
    return (start, end) if start <= end else None


def _event(
    name: str, event: str, source: Source, part: Range, rate: float | None, roi: Roi
) -> Planned:
    picks = source.timeline.picks(rate)
    picks = picks[(picks >= part[0]) & (picks <= part[1])]
    labels = _labels(source.labels or Labels(), picks, rate or source.timeline.rate)
    return Planned(name, event, source, picks, labels, roi)


def _labels(labels: Labels, picks: Picks, rate: float) -> Labels:
    anomalous = [mapped(first, last, picks) for first, last in labels.anomalous]
    bait = [(mapped(first, last, picks), kind) for first, last, kind in labels.bait]
    return Labels(
        rate,
        tuple(range_ for range_ in anomalous if range_),
        tuple((*range_, kind) for range_, kind in bait if range_),
    )


def _anomalous(source: Source) -> tuple[Range, ...]:
    return source.labels.anomalous if source.labels else ()


def _refuse_short(long: Sequence[Planned], planned: Sequence[Planned]) -> None:
    """Every split that is wanted needs an event of at least one sequence."""
    for wanted in sorted({"train", "val"} | {event.split for event in planned}):
        if not any(event.split == wanted for event in long):
            most = max((len(e.picks) for e in planned if e.split == wanted), default=0)
            raise UserError(
                f"The footage is too short: {wanted} gets {most} frames in a row; allowed are "
                f"{FEWEST} or more (record more, or set split.gap, split.margin or rate)."
            )
