"""Footage in, tables out; read from top to bottom."""

import sys
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from time import monotonic
from typing import Any

from vadlit.claim import writing_alone
from vadlit.detection.adjust import adjust
from vadlit.detection.engines.engine import Engine
from vadlit.detection.engines.local import Local
from vadlit.detection.record import open_record, table_of
from vadlit.detection.settings import Settings
from vadlit.detection.source import Source
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
            engine cannot be had, or another process writes to the folder.
    """
    adjust(detector, settings.adjusted)
    out, broken, start, frames = settings.out, {}, monotonic(), 0
    with writing_alone(out), writing_out(out):
        table_of(out, "").parent.mkdir(exist_ok=True)
        record = open_record(out)
        watcher = Watcher(digest, settings, dict(record.keys))
        sources = [_unwatched(source, out) for source in settings.sources]
        for source, outcome in engine.watch(detector, watcher, sources):
            record.broken.pop(source.name, None)
            if outcome.error is not None:
                broken[source.name] = outcome.error
                print(f"vadlit: {outcome.error}", file=sys.stderr, flush=True)
            if outcome.found is not None:
                assert outcome.key is not None
                record.found[source.name] = outcome.found
                record.keys[source.name] = outcome.key
                record.write(out)
                frames += outcome.found["frames"]
            elif outcome.error is not None:
                record.broken[source.name] = outcome.error
            if outcome.stopped:
                break
        record.write(out)
        whole = record.whole
        write_alarms(out / "alarms.csv", whole)
    names = [source.name for source in sources]
    found = {name: whole[name] for name in names if name in whole}
    named = {name: broken[name] for name in names if name in broken}
    return Detection(found, named, frames, monotonic() - start)


def _unwatched(source: Source, out: Path) -> Source:
    """A live source under a name that has no table yet: what it showed before stays."""
    if not source.live:
        return source
    names = chain([source.name], (f"{source.name}-{number}" for number in count(2)))
    return replace(source, name=next(name for name in names if not table_of(out, name).exists()))
