"""`prepared.json`: what a data set was made of, and how far that has come."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vadlit import __version__
from vadlit.claim import require_own
from vadlit.data.prepared import FILE
from vadlit.data.whole import write_whole
from vadlit.disk import writing_out
from vadlit.errors import UserError
from vadlit.record import read_record


@dataclass
class Record:
    """What `prepared.json` holds.

    Args:
        events: The provenance of every event, by its place.
        warnings: By the name of the footage, of which every event is whole then.
        roi: As stated, by the name of the footage, and the pixels that were taken.
        version: That wrote it.
    """

    events: dict[str, Any] = field(default_factory=dict)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    roi: dict[str, Any] = field(default_factory=dict)
    version: str = __version__

    def write(self, out: Path) -> None:
        """Write it, whole or not at all.

        Raises:
            UserError: The folder cannot be written.
        """
        with writing_out(out):
            out.mkdir(parents=True, exist_ok=True)
            write_whole(out / FILE, json.dumps(vars(self), indent=2) + "\n")


def open_record(out: Path) -> Record:
    """Read what is recorded of a folder; an empty record for one that is empty or missing.

    Raises:
        UserError: The folder holds something else or cannot be read.
    """
    require_own(out, FILE, "prepare")
    return read_record(Record, out / FILE, "prepare")


def require_same(recorded: Mapping[str, Any], planned: Mapping[str, Any], out: Path) -> None:
    """Refuse to mix two ways of making a data set; events may be added.

    Raises:
        UserError: A recorded event is not planned, or is planned to be made another way.
    """
    for key, before in recorded.items():
        now = planned.get(key)
        if now is None:
            raise UserError(
                f"out is {out}, which holds {key} of other footage or another split; allowed is "
                "another folder, or to delete this one first."
            )
        for name in before:
            if now.get(name) != before[name]:
                raise UserError(
                    f"out is {out}, where {key} has {name} {before[name]} and not "
                    f"{now.get(name)}; allowed is another folder, or to delete this one first."
                )
