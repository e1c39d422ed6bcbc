"""Row after row; read from top to bottom."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.utils import call

from vadlit.benchmark.figures import Outcome
from vadlit.benchmark.report import write
from vadlit.errors import UserError


def benchmark(rows: Mapping[str, Mapping[str, Any]], file: Path) -> dict[str, Outcome]:
    """Measure rows; what has been measured is written after each.

    Args:
        rows: A function as `_target_` and its settings, by name.
        file: Of the results.
    """
    outcomes: dict[str, Outcome] = {}
    for number, (name, row) in enumerate(rows.items(), 1):
        print(f"row {number}/{len(rows)}: {name}", file=sys.stderr, flush=True)
        outcomes[name] = call(row, _convert_="all")
        write(file, rows, outcomes)
    return outcomes


def chosen(rows: Mapping[str, Any], only: Sequence[str] | None) -> dict[str, Any]:
    """The rows that are asked for, all of them for None.

    Raises:
        UserError: There is no such row.
    """
    if not isinstance(only, list | None) or only == []:
        raise UserError(f"only is {only}; allowed is a list, as in only=[{next(iter(rows))}].")
    for name in only or ():
        if name not in rows:
            raise UserError(f"only names {name}; allowed are {', '.join(rows)}.")
    return {name: row for name, row in rows.items() if only is None or name in only}
