"""`detect.json`: what was found, and from what, so that it is not done again."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vadlit.data.whole import write_whole
from vadlit.record import read_record

FILE = "detect.json"


@dataclass
class Record:
    """What `detect.json` holds.

    Args:
        found: What `Found.plain` gave, by the name of the footage.
        keys: What it follows from: the footage's files, the detector and the settings; and its
            table.
        broken: Why it could not be watched the last time, by its name; what was found earlier
            stays.
    """

    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> dict[str, dict[str, Any]]:
        """What was found in footage that could be watched the last time, by its name, sorted."""
        return {name: self.found[name] for name in sorted(self.found.keys() - self.broken.keys())}

    def write(self, out: Path) -> None:
        """Write it, whole or not at all."""
        write_whole(out / FILE, json.dumps(vars(self), indent=2) + "\n")


def table_of(out: Path, name: str) -> Path:
    """The table of a piece of footage."""
    return out / "scores" / f"{name}.csv"


def open_record(out: Path) -> Record:
    """Read what is recorded of a folder; an empty record where there is none.

    Raises:
        UserError: The file holds something else.
    """
    return read_record(Record, out / FILE, "detect")
