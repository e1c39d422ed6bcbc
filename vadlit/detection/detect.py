"""Footage in, tables out; read from top to bottom."""

import sys
from dataclasses import dataclass
from time import monotonic
from typing import Any

from vadlit.detection.adjust import adjust
from vadlit.detection.engines.engine import Engine
from vadlit.detection.engines.local import Local
from vadlit.detection.record import open_record, table_of
from vadlit.detection.settings import Settings
from vadlit.detection.table import write_alarms
from vadlit.detection.watcher import Watcher
from vadlit.detector import Detector
from vadlit.disk import writing_out

HERE = Local()


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


def detect(detector: Detector, digest: str, settings: Settings, engine: Engine = HERE) -> Detection:
    """Watch all footage that has not been watched by this detector yet.

    Footage that is broken is left out and named; the rest goes on.

    Args:
        detector: Its threshold is fitted.
        digest: Names it; another one does everything again.
        settings: What to look at, and how.
        engine: Where that is done.

    Raises:
        UserError: The folder of the tables cannot be written, a threshold does not fit, or the
            engine cannot be had.
    """
    adjust(detector, settings.adjusted)
    record, broken, start, frames = open_record(settings.out), {}, monotonic(), 0
    with writing_out(settings.out):
        table_of(settings.out, "").parent.mkdir(parents=True, exist_ok=True)
        watcher = Watcher(digest, settings, dict(record.keys))
        for source, outcome in engine.watch(detector, watcher, settings.sources):
            if outcome.error is not None:
                broken[source.name] = outcome.error
                print(f"vadlit: {outcome.error}", file=sys.stderr, flush=True)
                if not source.live:
                    record.forget(source.name, settings.out)
            if outcome.found is not None:
                assert outcome.key is not None
                record.found[source.name] = outcome.found
                record.keys[source.name] = outcome.key
                record.write(settings.out)
                frames += outcome.found["frames"]
        names = [s.name for s in settings.sources if s.name in record.found]
        found = {name: record.found[name] for name in names}
        write_alarms(settings.out / "alarms.csv", found)
    named = {s.name: broken[s.name] for s in settings.sources if s.name in broken}
    return Detection(found, named, frames, monotonic() - start)
