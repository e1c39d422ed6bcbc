"""The labels of an event as a JSON file.

`{"frame_rate": 30.0, "anomalous": [[first, last], ...], "bait": [[first, last, "lamp"], ...]}`:
frame numbers from 0, both ends included; what is left out is unknown (`frame_rate`) or none.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vadlit.data.events import Bait, Range, check_ranges
from vadlit.data.whole import write_whole
from vadlit.errors import UserError

KEYS = ("frame_rate", "anomalous", "bait")
MAX_RATE = 1_000_000


@dataclass(frozen=True)
class Labels:
    """What is known of an event's frames.

    Args:
        frame_rate: Frames a second; None where unknown.
        anomalous: Inclusive ranges counted from 0; they rise and do not overlap.
        bait: The same of normal frames meant to fool a detector, and by what ("lamp"); only
            ranges of one kind must not overlap, and bait may lie over anomalous frames.
    """

    frame_rate: float | None = None
    anomalous: tuple[Range, ...] = ()
    bait: tuple[Bait, ...] = ()


def read_labels(file: Path, frames: int) -> Labels:
    """Read labels that fit an event.

    Args:
        file: Where they are.
        frames: Frames of the event.

    Raises:
        UserError: The file cannot be read, is malformed, or states ranges out of the event's
            bounds, reversed, out of order or overlapping.
    """
    stated = _stated(file)
    anomalous = [_range(entry, file) for entry in _list(stated, "anomalous", file)]
    bait = [_bait(entry, file) for entry in _list(stated, "bait", file)]
    check_ranges(anomalous, frames, file)
    for kind in dict.fromkeys(kind for _, _, kind in bait):
        same = [(first, last) for first, last, other in bait if other == kind]
        check_ranges(same, frames, file, f"bait ({kind})")
    return Labels(_frame_rate(stated, file), tuple(anomalous), tuple(bait))


def stated_rate(file: Path) -> float | None:
    """The frame rate that a file of labels states; None where there is no file or no rate in it.

    Raises:
        UserError: The file cannot be read or is malformed.
    """
    return _frame_rate(_stated(file), file) if file.exists() else None


def write_labels(file: Path, labels: Labels) -> None:
    """Write labels, whole or not at all.

    Raises:
        UserError: The file cannot be written.
    """
    stated: dict[str, Any] = {"anomalous": labels.anomalous}
    if labels.frame_rate is not None:
        stated = {"frame_rate": labels.frame_rate, **stated}
    if labels.bait:
        stated["bait"] = labels.bait
    try:
        write_whole(file, json.dumps(stated, allow_nan=False) + "\n")
    except OSError as error:
        raise UserError(f"The labels {file} cannot be written: {error.strerror}.") from error


def _stated(file: Path) -> dict[str, Any]:
    """The object in a file, all of whose keys are known."""
    try:
        # utf-8-sig: editors on Windows put a mark at the beginning.
        text = file.read_text(encoding="utf-8-sig")
        stated = json.loads(text, object_pairs_hook=_unique)
    except OSError as error:
        raise UserError(f"The labels {file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"The labels {file} are not JSON: {error}.") from error
    if not isinstance(stated, dict):
        raise _wrong(file, stated, f"an object with some of {KEYS}")
    for key in stated:
        if key not in KEYS:
            raise UserError(f"The labels {file} hold {key!r}; allowed are {KEYS}.")
    return stated


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys come once: of two values, which one was meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key comes twice")
    return found


def _list(stated: dict[str, Any], key: str, file: Path) -> list[Any]:
    entries = stated.get(key, [])
    if not isinstance(entries, list):
        raise _wrong(file, entries, f"a list of ranges as {key!r}")
    return entries


def _range(entry: Any, file: Path) -> Range:
    match entry:
        # `true` is an int in Python.
        case [first, last] if type(first) is type(last) is int:
            return first, last
    raise _wrong(file, entry, "[first, last] in whole numbers as an anomalous range")


def _bait(entry: Any, file: Path) -> Bait:
    match entry:
        case [first, last, str(kind)] if type(first) is type(last) is int and kind.strip():
            return first, last, kind
    raise _wrong(file, entry, '[first, last, "what"] in whole numbers as bait')


def _frame_rate(stated: dict[str, Any], file: Path) -> float | None:
    if "frame_rate" not in stated:
        return None
    rate = stated["frame_rate"]
    if type(rate) not in (int, float) or not 0 < rate <= MAX_RATE:
        raise _wrong(file, rate, f"a number above 0, up to {MAX_RATE}, as 'frame_rate'")
    return float(rate)


def _wrong(file: Path, found: object, allowed: str) -> UserError:
    shown = json.dumps(found)
    shown = shown if len(shown) <= 60 else f"{shown[:60]}..."
    return UserError(f"The labels {file} hold {shown}; allowed is {allowed}.")
