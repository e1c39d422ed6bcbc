"""A run of the benchmark as a table and as a file of its history."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from vadlit.benchmark.figures import Figure, Outcome
from vadlit.data.whole import write_whole
from vadlit.terminal import aligned
from vadlit.tracking.environment import environment

HEADINGS = ("row", "figure", "median", "quartiles", "unit", "goal", "met")


def new_file(folder: Path) -> Path:
    """Where a run's results go: named after the time it began."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.json"


def write(file: Path, settings: Mapping[str, Any], outcomes: Mapping[str, Outcome]) -> None:
    """Write what there is so far, whole; settings by row."""
    rows = {
        name: {"settings": settings[name], **_plain(outcome)} for name, outcome in outcomes.items()
    }
    record = {
        **environment(),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 2),
        "rows": rows,
    }
    write_whole(file, json.dumps(record, indent=2) + "\n")


def table(outcomes: Mapping[str, Outcome]) -> str:
    """A line a figure under a line of headings, and what was skipped below."""
    lines, skipped = [list(HEADINGS)], []
    for row, outcome in outcomes.items():
        if isinstance(outcome, str):
            skipped.append(f"{row}: skipped, {outcome}")
        else:
            lines += [_line(row, figure) for figure in outcome]
    return "\n".join([aligned(lines), *skipped])


def _line(row: str, figure: Figure) -> list[str]:
    low, high = figure.quartiles
    goal = "" if figure.goal is None else str(figure.goal)
    met = {None: "", True: "yes", False: "NO"}[figure.met]
    spread = "" if len(figure.values) == 1 else f"{low:.4g} to {high:.4g}"
    return [row, figure.name, f"{figure.median:.4g}", spread, figure.unit, goal, met]


def _plain(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, str):
        return {"skipped": outcome}
    return {"figures": [figure.plain() for figure in outcome]}
