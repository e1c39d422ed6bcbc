"""What `vadlit detect` tells: a table for a person, or JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vadlit.detection.detect import Detection
from vadlit.terminal import aligned

HEADINGS = ("footage", "frames", "seconds", "flagged", "alarms", "highest score", "level")
# Alarms that are listed; all of them are in alarms.csv.
LISTED = 20


def report(detection: Detection, out: Path) -> str:
    """A line for each piece of footage, the first alarms, and how long it took."""
    blocks = []
    if detection.found:
        rows = [_row(name, found) for name, found in detection.found.items()]
        blocks.append(aligned([list(HEADINGS), *rows]))
    alarms = [
        f"{name}: alarm from {alarm['start']:.1f} to {alarm['end']:.1f} s, highest "
        f"{_number(alarm['peak'])} at {alarm['peak_seconds']:.1f} s"
        for name, found in detection.found.items()
        for alarm in found["alarms"]
    ]
    if len(alarms) > LISTED:
        alarms[LISTED:] = [f"and {len(alarms) - LISTED} more"]
    blocks += ["\n".join(alarms)] if alarms else []
    return "\n\n".join([*blocks, _end(detection, out)])


def plain(detection: Detection, out: Path) -> dict[str, Any]:
    """The same as JSON can hold it, and all alarms."""
    files = [{"name": name, **found} for name, found in detection.found.items()]
    return {
        "out": str(out),
        "frames_per_second": _speed(detection),
        "files": files,
        "broken": detection.broken,
    }


def _row(name: str, found: Mapping[str, Any]) -> list[str]:
    counts = (found["frames"], f"{found['seconds']:.1f}", found["flagged"], len(found["alarms"]))
    return [name, *map(str, counts), _number(found["peak"]), _number(found["level"])]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _end(detection: Detection, out: Path) -> str:
    speed = _speed(detection)
    took = "all was there already" if detection.found else "nothing was watched"
    if speed is not None:
        took = f"{detection.frames} frames in {detection.seconds:.1f} s, {speed:.1f} a second"
    lost = f"; broken: {', '.join(detection.broken)}" if detection.broken else ""
    return f"{out}: {took}{lost}"


def _speed(detection: Detection) -> float | None:
    return detection.frames / detection.seconds if detection.frames else None
