"""Footage in, tables out; read from top to bottom."""

import sys
from dataclasses import dataclass
from time import monotonic
from typing import Any

from vadlit.data.cache import key
from vadlit.detection.adjust import adjust
from vadlit.detection.footage import watch_footage
from vadlit.detection.found import Found
from vadlit.detection.record import Record, open_record, table_of
from vadlit.detection.settings import TRAINED, Settings
from vadlit.detection.source import Source
from vadlit.detection.table import disk_trouble_named, write_alarms
from vadlit.detector import Detector
from vadlit.errors import UserError


@dataclass(frozen=True)
class Detection:
    """What came out.

    Args:
        found: What `Found.plain` gave, by the name of the footage; what was there before, too.
        broken: What is wrong with the footage that could not be watched to its end, by its name.
        frames, seconds: How many frames were watched now, and how long that took.
    """

    found: dict[str, dict[str, Any]]
    broken: dict[str, str]
    frames: int
    seconds: float


def detect(detector: Detector, digest: str, settings: Settings) -> Detection:
    """Watch all footage that has not been watched by this detector yet.

    Footage that is broken is left out and named; the rest goes on.

    Args:
        detector: Its threshold is fitted.
        digest: Names it; another one does everything again.
        settings: What to look at, and how.

    Raises:
        UserError: The folder of the tables cannot be written, or a threshold does not fit.
    """
    adjust(detector, settings.adjusted)
    record, broken, start, frames = open_record(settings.out), {}, monotonic(), 0
    with disk_trouble_named(settings.out):
        table_of(settings.out, "").parent.mkdir(parents=True, exist_ok=True)
        for source in settings.sources:
            try:
                frames += _once(source, detector, digest, settings, record)
            except UserError as error:
                broken[source.name] = str(error)
                if not source.live:
                    record.forget(source.name, settings.out)
                print(f"vadlit: {error}", file=sys.stderr, flush=True)
        names = [s.name for s in settings.sources if s.name in record.found]
        found = {name: record.found[name] for name in names}
        write_alarms(settings.out / "alarms.csv", found)
    return Detection(found, broken, frames, monotonic() - start)


def _once(
    source: Source, detector: Detector, digest: str, settings: Settings, record: Record
) -> int:
    """Watch a piece of footage unless that was done before; return how many frames that took."""
    table = table_of(settings.out, source.name)
    rate = detector.framing.rate if settings.rate == TRAINED else settings.rate
    assert not isinstance(rate, str)
    footage = source.open(rate, detector.framing.frame_rate)
    done = key(footage.files, digest, settings.choices())
    if not source.live and record.keys.get(source.name) == done and table.is_file():
        return 0
    found = Found(str(source.place))
    try:
        watch_footage(detector, footage, source, settings, table, found)
    finally:
        # A live source ends by an error or by hand, and what was seen until then stays.
        if source.live or sys.exception() is None:
            record.found[source.name], record.keys[source.name] = found.plain(), done
            record.write(settings.out)
    return found.frames
