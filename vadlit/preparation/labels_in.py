"""Labels as people write them: JSON or CSV, in frames or in seconds.

JSON: `{"anomalous": [[172, 212], ...]}` in frames of the footage from 0, both ends included, or
`{"seconds": [[5.8, 7.1], ...]}`; `frame_rate` and `bait` as in a data set, the rest is not read.
CSV: one range a line under the heading `first,last` (frames) or `start,end` (seconds, `12.5` or
`1:02.5`); a third column names bait, and where it is empty the range is anomalous.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vadlit.data.events import Range, check_ranges
from vadlit.data.labels import Labels
from vadlit.errors import UserError
from vadlit.preparation.timeline import Times

SUFFIXES = (".json", ".csv")
FORMATS = (
    '{"anomalous": [[first, last], ...]} in frames or {"seconds": [[start, end], ...]}, beside '
    'them {"bait": [[first, last, "what"], ...]}, or CSV lines under first,last or start,end'
)


@dataclass(frozen=True)
class Stated:
    """What a file of labels states.

    Args:
        file: Where it was found.
        ranges: First and last and what kind of bait ("" is anomalous).
        in_seconds: The ranges are seconds from the first frame, not frames.
        frame_rate: Frames a second, where stated.
    """

    file: Path
    ranges: tuple[tuple[float, float, str], ...]
    in_seconds: bool
    frame_rate: float | None = None


def beside(footage: Path) -> Path | None:
    """The labels that lie with footage, JSON or CSV: `labels.*` in a folder, or `NAME.*` by it."""
    stem = footage / "labels" if footage.is_dir() else footage.with_suffix("")
    files = (stem.with_name(stem.name + suffix) for suffix in SUFFIXES)
    return next((file for file in files if file.is_file()), None)


def read(file: Path) -> Stated:
    """Read a file of labels.

    Raises:
        UserError: It cannot be read or is in no format that is allowed.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        return _of_csv(file, text) if file.suffix.lower() == ".csv" else _of_json(file, text)
    except OSError as error:
        raise UserError(f"The labels {file} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, LookupError, csv.Error, RecursionError) as error:
        raise UserError(f"The labels {file} are not understood; allowed is {FORMATS}.") from error


def as_frames(stated: Stated, times: Times) -> Labels:
    """Put stated labels into frame numbers of the footage.

    Args:
        stated: What `read` found.
        times: (n,) of the footage's frames, seconds.

    Raises:
        UserError: A range reaches past the end, is reversed or overlaps another.
    """
    anomalous = _of_kind("", stated, times)
    check_ranges(anomalous, len(times), stated.file)
    bait = []
    for kind in sorted({kind for _, _, kind in stated.ranges if kind}):
        same = _of_kind(kind, stated, times)
        check_ranges(same, len(times), stated.file, f"bait ({kind})")
        bait += [(first, last, kind) for first, last in same]
    return Labels(stated.frame_rate, tuple(anomalous), tuple(sorted(bait)))


def _of_kind(kind: str, stated: Stated, times: Times) -> list[Range]:
    """The ranges of one kind, in frames and in order."""
    same = [(first, last) for first, last, other in stated.ranges if other == kind]
    if not stated.in_seconds:
        return sorted((int(first), int(last)) for first, last in same)
    return _joined(sorted(_frames_between(stated.file, *range_, times) for range_ in same))


def _joined(ranges: Sequence[Range]) -> list[Range]:
    """Ranges that rise; seconds that touch have one frame in common, which joins them."""
    found: list[Range] = []
    for first, last in ranges:
        touches = bool(found) and found[-1][1] == first
        found.append((found.pop()[0] if touches else first, last))
    return found


def _frames_between(file: Path, start: float, end: float, times: Times) -> tuple[int, int]:
    """The frames on show from `start` to `end`."""
    gap = float(times[-1]) / max(1, len(times) - 1)
    if not 0 <= start <= end <= times[-1] + 1.5 * gap:
        raise UserError(
            f"The range [{start}, {end}] in {file} is not allowed: its seconds rise and lie in 0 "
            f"to {times[-1] + gap:.2f}, where the footage ends."
        )
    # A frame is on show until the next one; a thousandth for what was rounded down.
    first, last = np.searchsorted(times, (start + 1e-3, end + 1e-3), side="right") - 1
    return max(0, int(first)), int(last)


def _of_json(file: Path, text: str) -> Stated:
    content = json.loads(text)
    in_seconds = "seconds" in content
    if in_seconds == ("anomalous" in content):
        raise ValueError("one of the two")
    number = _second if in_seconds else _frame
    anomalous = _ranges(content["seconds" if in_seconds else "anomalous"], number)
    bait = _ranges(content.get("bait", []), number)
    if any(kind for _, _, kind in anomalous) or not all(kind for _, _, kind in bait):
        raise ValueError("bait has a kind, and nothing else has")
    rate = content.get("frame_rate")
    if rate is not None and not _second(rate) > 0:
        raise ValueError("no rate")
    return Stated(file, anomalous + bait, in_seconds, None if rate is None else float(rate))


def _of_csv(file: Path, text: str) -> Stated:
    heading, *lines = [line for line in csv.reader(text.splitlines()) if any(line)]
    in_seconds = {("first", "last"): False, ("start", "end"): True}[
        (heading[0].strip().lower(), heading[1].strip().lower())
    ]
    return Stated(file, _ranges(lines, _clock if in_seconds else int), in_seconds)


def _ranges(
    entries: Iterable[Any], number: Callable[[Any], float]
) -> tuple[tuple[float, float, str], ...]:
    """(first, last, kind) of [first, last] or [first, last, kind]."""
    found = []
    for first, last, *kind in entries:
        if len(kind) > 1 or not all(isinstance(word, str) for word in kind):
            raise ValueError("more than a range and its kind")
        found.append((number(first), number(last), "".join(kind).strip()))
    return tuple(found)


def _frame(value: Any) -> int:
    if type(value) is not int:  # `true` is an int in Python
        raise TypeError("no frame number")
    return value


def _second(value: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError("no seconds")
    return float(value)


def _clock(text: str) -> float:
    """Seconds of `12.5`, `1:02.5` or `1:00:02.5`."""
    seconds = 0.0
    for part in text.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds
