"""What `vadlit tune` tells: a table for a person, or JSON."""

from pathlib import Path
from typing import Any

from vadlit.terminal import aligned
from vadlit.tuning.compare import Row
from vadlit.tuning.tune import Tuning

# Settings that are listed; all of them are in the file.
LISTED = 10


def report(tuning: Tuning, file: Path) -> str:
    """A line for each of the best settings and what was trained, and what to do."""
    shown = tuning.rows[:LISTED]
    shown += [] if tuning.trained in shown else [tuning.trained]
    headings = ["settings", *tuning.trained.areas, "mean"]
    lines = [[_named(row), *_numbers(row)] for row in shown]
    table = aligned([headings, *lines])
    return f"{table}\n\n{_advice(tuning)}\n{file}: all {len(tuning.rows)} settings"


def plain(tuning: Tuning) -> dict[str, Any]:
    """The same as JSON can hold it, and all settings."""
    return {
        "clips": tuning.clips,
        "trained": _plain(tuning.trained),
        "recommended": _plain(tuning.recommended),
        "settings": [_plain(row) for row in tuning.rows],
    }


def _advice(tuning: Tuning) -> str:
    chosen, trained = tuning.recommended, tuning.trained
    if chosen is trained:
        return "Keep what was trained: no setting is better by more than the gain that is asked."
    gained = f"{trained.mean:.3f} to {chosen.mean:.3f}"
    return f"Better, from {gained}: vadlit train ... {' '.join(chosen.overrides)}"


def _named(row: Row) -> str:
    return " ".join(row.overrides) or "as trained"


def _numbers(row: Row) -> list[str]:
    return [f"{value:.3f}" for value in (*row.areas.values(), row.mean)]


def _plain(row: Row) -> dict[str, Any]:
    return {"overrides": list(row.overrides), "auroc": row.areas, "mean": row.mean}
