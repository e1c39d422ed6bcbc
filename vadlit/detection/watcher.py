"""One piece of footage watched, unless that was done before."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from vadlit.data.cache import key
from vadlit.detection.footage import watch_footage
from vadlit.detection.found import Found
from vadlit.detection.record import table_of
from vadlit.detection.settings import TRAINED, Settings
from vadlit.detection.source import Source
from vadlit.detector import Detector
from vadlit.errors import UserError


@dataclass(frozen=True)
class Outcome:
    """What came of one piece of footage; all None where it was there already.

    Args:
        found: What `Found.plain` gave.
        key: What that follows from: the footage's files, the detector and the settings; and its
            table.
        error: Why it was not watched to its end. Of a live source `found` holds what was seen
            until then, if anything, of any other nothing.
        stopped: A person has stopped watching.
    """

    found: dict[str, Any] | None = None
    key: str | None = None
    error: str | None = None
    stopped: bool = False


@dataclass(frozen=True)
class Watcher:
    """Watches footage, all with one detector.

    Args:
        digest: Names the detector; another one does everything again.
        settings: What to look at, and how.
        keys: Of what is there already, by the name of the footage.
    """

    digest: str
    settings: Settings
    keys: Mapping[str, str]

    def watch(self, detector: Detector, source: Source) -> Outcome:
        """Write the table of a piece of footage; broken footage is an outcome, too."""
        found = Found(str(source.place))
        done, error, stopped = None, None, False
        try:
            settings, framing = self.settings, detector.framing
            table = table_of(settings.out, source.name)
            rate = framing.rate if settings.rate == TRAINED else settings.rate
            assert not isinstance(rate, str)
            footage = source.open(rate, framing.frame_rate)
            done = key(footage.files, self.digest, settings.choices(), source.stated_rate)
            if not source.live and self.keys.get(source.name) == _with_table(done, table):
                return Outcome()
            stopped = watch_footage(detector, footage, source, settings, table, found)
        except UserError as mistake:
            error = str(mistake)
        # A live source ends by an error or is stopped, and what was seen until then stays.
        if found.frames and (source.live or error is None):
            assert done is not None
            return Outcome(found.plain(), _with_table(done, table), error, stopped)
        return Outcome(error=error, stopped=stopped)


def _with_table(done: str, table: Path) -> str:
    """A key that no other table fits: a record that could not be written is of an earlier one."""
    if not table.is_file():
        return ""
    return f"{done}-{sha256(table.read_bytes()).hexdigest()[:24]}"
