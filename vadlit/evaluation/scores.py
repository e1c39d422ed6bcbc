"""The scores of an event, in memory and as one Parquet file a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from vadlit.data.whole import whole_or_nothing
from vadlit.errors import UserError
from vadlit.scoring.thresholds.base import above

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SCHEMA = pa.schema(
    {
        "event": pa.string(),
        "frame": pa.int64(),
        "cue": pa.float64(),
        "score": pa.float64(),
        "label": pa.bool_(),
        "anomalous": pa.bool_(),
    }
)


@dataclass(frozen=True, eq=False)
class EventScores:
    """The scored frames of one event, all of them and in order.

    Attributes:
        event: Its name.
        first: The frame number of the first scored frame.
        cue: (n,) raw, high is anomalous.
        score: (n,) after causal smoothing.
        labels: (n,) True where the frame is anomalous in truth.
    """

    event: str
    first: int
    cue: Floats
    score: Floats
    labels: Bools

    def __post_init__(self) -> None:
        """Check that all arrays are one-dimensional and of one length."""
        assert self.cue.shape == self.score.shape == self.labels.shape == (len(self.cue),)

    def __len__(self) -> int:
        """How many frames are scored."""
        return len(self.score)

    def above(self, levels: Floats) -> Bools:
        """Which scores are above their levels (n,); NaN is."""
        return above(self.score, levels)

    @property
    def frames(self) -> NDArray[np.int64]:
        """The frame number of each score, (n,)."""
        return np.arange(self.first, self.first + len(self), dtype=np.int64)


def write_scores(path: Path, events: Sequence[EventScores], decisions: Sequence[Bools]) -> None:
    """Write one row a scored frame, in order, to a Parquet file that appears whole or not at all.

    Args:
        path: The file; its folder exists. A file of that name is replaced.
        events: With names that differ. One without scored frames leaves no row.
        decisions: For each event (n,) bool, True where the threshold flags the frame.
    """
    assert len({event.event for event in events}) == len(events) == len(decisions)
    tables = [_to_table(*pair) for pair in zip(events, decisions, strict=True)]
    with whole_or_nothing(path) as part:
        pq.write_table(pa.concat_tables([SCHEMA.empty_table(), *tables]), part)


def read_scores(path: Path) -> tuple[list[EventScores], list[Bools]]:
    """Read what `write_scores` wrote: the events and the decision on each of their frames.

    Raises:
        UserError: The file is missing, is no Parquet, has other columns, or its frames have gaps.
    """
    table = _read_table(path)
    rows = {name: table[name].to_numpy() for name in SCHEMA.names}
    events, decisions, start = [], [], 0
    for name, group in groupby(rows["event"]):
        part = slice(start, start := start + sum(1 for _ in group))
        frames, cue, score, labels, decision = (rows[key][part] for key in SCHEMA.names[1:])
        event = EventScores(name, int(frames[0]), cue, score, labels)
        if not np.array_equal(event.frames, frames):
            raise UserError(f"{path}: the frames of event {name} have gaps; all must be in order")
        events.append(event)
        decisions.append(decision)
    return events, decisions


def _to_table(event: EventScores, decision: Bools) -> pa.Table:
    names = [event.event] * len(event)
    columns = [names, event.frames, event.cue, event.score, event.labels, decision]
    return pa.table(columns, schema=SCHEMA)


def _read_table(path: Path) -> pa.Table:
    try:
        with path.open("rb") as file:
            table = pq.ParquetFile(file).read()
    except (OSError, pa.ArrowInvalid) as error:
        raise UserError(f"{path}: not a readable Parquet file of scores ({error})") from error
    if not table.schema.equals(SCHEMA):
        found, due = (", ".join(f"{f.name} {f.type}" for f in s) for s in (table.schema, SCHEMA))
        raise UserError(f"{path}: its columns are {found}; a file of scores has {due}")
    return table
