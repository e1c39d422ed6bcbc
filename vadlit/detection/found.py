"""What was found in one piece of footage: counts, and the alarms with their times."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from math import inf, isfinite
from typing import Any

from vadlit.detection.watch import Row


@dataclass
class AlarmSpan:
    """An unbroken run of frames with the alarm on.

    Attributes:
        first, last: Its frames.
        start, end: Their seconds.
        peak: The highest score; minus infinity where none is a number.
        peak_seconds: When that was.
    """

    first: int
    last: int
    start: float
    end: float
    peak: float
    peak_seconds: float

    def extend(self, row: Row) -> None:
        """Take the next frame in."""
        self.last, self.end = row.frame, row.seconds
        if row.score > self.peak:
            self.peak, self.peak_seconds = row.score, row.seconds


@dataclass
class Found:
    """What is known of one piece of footage once it has been watched.

    Attributes:
        source: The footage.
        roi: What was cut out of it, [x, y, width, height] in pixels.
        frame_rate: Frames a second; None where unknown.
        frames: Those that have a score.
        seconds: The time of the last frame.
        flagged, changed: Frames above the level, and with another scene.
        peak: The highest score; minus infinity before the first.
        level: What the last score was compared with.
        alarms: In order.
        skipped: Broken packets that were left out.
    """

    source: str
    roi: list[int] = field(default_factory=list)
    frame_rate: float | None = None
    frames: int = 0
    seconds: float = 0.0
    flagged: int = 0
    changed: int = 0
    peak: float = -inf
    level: float = inf
    alarms: list[AlarmSpan] = field(default_factory=list)
    skipped: int = 0

    def counting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass rows on, and count them."""
        for row in rows:
            self._count(row)
            yield row

    def plain(self) -> dict[str, Any]:
        """For JSON; what is no number is None."""
        return _plain(asdict(self) | {"alarms": [_plain(asdict(alarm)) for alarm in self.alarms]})

    def _count(self, row: Row) -> None:
        self.frames += 1
        self.seconds, self.level = row.seconds, row.level
        self.flagged += row.flagged
        self.changed += row.kind == "changed"
        self.peak = max(self.peak, row.score) if isfinite(row.score) else self.peak
        if row.alarm:
            if not self.alarms or self.alarms[-1].last != row.frame - 1:
                start = (row.frame, row.frame, row.seconds, row.seconds)
                self.alarms.append(AlarmSpan(*start, -inf, row.seconds))
            self.alarms[-1].extend(row)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: None if isinstance(value, float) and not isfinite(value) else value
        for key, value in values.items()
    }
