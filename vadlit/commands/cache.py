"""`vadlit cache`: what the cache of frames and features holds, and making room in it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from omegaconf import DictConfig

from vadlit.checks import check_non_negative, checked_folder
from vadlit.config import run
from vadlit.data.evict import Entry, entries, remove, to_remove
from vadlit.disk import as_text, free_bytes
from vadlit.mistakes import mistakes_told


def main() -> None:
    """Run the Hydra application."""
    run("cache", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    root = checked_folder("cache_dir", config.cache_dir)
    chosen: list[Entry] = []
    if config.keep is not None:
        check_non_negative("keep", config.keep)
        chosen = to_remove(entries(root), 1e9 * config.keep)
    removed = [entry for entry in chosen if remove(entry)]
    show = _json if config.json else _sentences
    print(show(root, entries(root), removed, len(chosen) - len(removed)))


def _json(root: Path, held: list[Entry], removed: list[Entry], busy: int) -> str:
    report = {
        "cache_dir": str(root),
        "events": len(held),
        "bytes": _size(held),
        "longest_unused": _day(held[0]) if held else None,
        "removed_events": len(removed),
        "removed_bytes": _size(removed),
        "being_built": busy,
        "free_bytes": free_bytes(root),
    }
    return json.dumps(report, indent=2)


def _sentences(root: Path, held: list[Entry], removed: list[Entry], busy: int) -> str:
    since = f", the longest unused since {_day(held[0])}" if held else ""
    lines = [
        *([f"Removed {len(removed)} events, {as_text(_size(removed))}."] if removed else []),
        *([f"{busy} events are being built and stay."] if busy else []),
        f"{root} holds {len(held)} events, {as_text(_size(held))}{since}; "
        f"{as_text(free_bytes(root))} are free.",
    ]
    return "\n".join(lines)


def _size(entries: list[Entry]) -> int:
    return sum(entry.size for entry in entries)


def _day(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.used, UTC).date().isoformat()
