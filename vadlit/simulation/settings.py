"""What `vadlit simulate` is told, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vadlit.checks import checked_folder
from vadlit.config import build
from vadlit.errors import UserError
from vadlit.simulation.film import Studio
from vadlit.simulation.limits import number, numbers, whole
from vadlit.simulation.line import Line, Plan, check

SPLITS = ("train", "val", "test")
CAMERA = {
    "exposure": (0.05, 10.0),
    "drift": (0.0, 0.5),
    "fade": (0.0, 0.9),
    "adapts": (0.0, 1.0),
    "vibration": (0.0, 1.0),
    "softness": (0.0, 0.3),
    "noise": (0.0, 20.0),
    "vignette": (0.0, 0.9),
    "quality": (1.0, 100.0),
    "shutter": (0.0, 1.0),
}
SURROUNDINGS = {"passers": (0.0, 20.0), "daylight": (0.0, 0.5)}


@dataclass(frozen=True)
class Settings:
    """Everything that fixes a simulated data set.

    Args:
        line: Built from its configuration.
        plans: The events.
        out: The data set's folder.
        size: Height and width in pixels.
        rate: Frames a second.
        seed: Of all chance.
        camera: See `CAMERA`.
        surroundings: See `SURROUNDINGS`.
        stated: The settings that decide the pixels, as they were stated.
    """

    line: Line
    plans: tuple[Plan, ...]
    out: Path
    size: tuple[int, int]
    rate: float
    seed: int
    camera: dict[str, float]
    surroundings: dict[str, float]
    stated: dict[str, Any]

    def studio(self) -> Studio:
        """Set the line up, to be filmed; compiles at the first time."""
        return Studio(
            self.line,
            self.size,
            self.rate,
            self.seed,
            camera=self.camera,
            surroundings=self.surroundings,
        )


def checked(config: Mapping[str, Any]) -> Settings:
    """Turn configuration into settings.

    Raises:
        UserError: A value is missing or not allowed.
    """
    out = checked_folder("out", config["out"])
    seed = whole("seed", config["seed"], 0, 2**31 - 1)
    line: Line = build(config["line"], "vadlit.simulation")
    plans = _plans(config)
    for plan in plans:
        check(line, plan)
    keys = ("line", "size", "rate", "seed", "camera", "surroundings")
    return Settings(
        line=line,
        plans=plans,
        out=out,
        size=_size(config["size"]),
        rate=number("rate", config["rate"], 1, 240),
        seed=seed,
        camera=numbers("camera", config["camera"], CAMERA),
        surroundings=numbers("surroundings", config["surroundings"], SURROUNDINGS),
        stated={key: config[key] for key in keys},
    )


def _size(size: Any) -> tuple[int, int]:
    if not isinstance(size, list) or len(size) != 2:
        raise UserError(f"size is {size}; allowed is [height, width] in pixels.")
    height, width = (whole("size", side, 32, 4096) for side in size)
    if height % 2 or width % 2:
        raise UserError(f"size is {size}; allowed are even numbers, which video needs.")
    return height, width


def _plans(config: Mapping[str, Any]) -> tuple[Plan, ...]:
    """The line's data set, or one event of the anomalies and baits asked for."""
    anomaly, bait = _names(config, "anomaly"), _names(config, "bait")
    seconds = config["seconds"]
    if anomaly is None and bait is None:
        plans = tuple(_plan(event) for event in _listed(config["events"]))
    else:
        shown = (*(anomaly or ()), *(bait or ())) or ("normal",)
        plans = (Plan("test", "-".join(shown), 60.0, anomaly or (), bait or ()),)
    if seconds is not None:
        plans = tuple(
            replace(plan, seconds=number("seconds", seconds, 0.1, 36000)) for plan in plans
        )
    names = [(plan.split, plan.name) for plan in plans]
    for split, name in names:
        if names.count((split, name)) > 1:
            raise UserError(f"events has {name} twice in {split}; allowed are names that differ.")
    return plans


def _listed(events: object) -> list[Any]:
    if not isinstance(events, list):
        raise UserError(f"events is {events}; allowed is a list of them.")
    return events


def _names(config: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    value = config[key]
    if value is None or (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        return None if value is None else tuple(value)
    raise UserError(f"{key} is {value}; allowed is a list of names such as [fallen], or null.")


def _plan(event: Any) -> Plan:
    allowed = {"split", "name", "seconds", "anomaly", "bait"}
    if (
        not isinstance(event, Mapping)
        or not {"split", "name", "seconds"} <= event.keys() <= allowed
    ):
        raise UserError(
            f"An event is {event}; allowed are split, name and seconds, with anomaly and bait."
        )
    split, name = event["split"], str(event["name"])
    if split not in SPLITS:
        raise UserError(f"split of the event {name} is {split}; allowed are train, val and test.")
    if not name or not all(c.isalnum() or c in "-_" for c in name):
        raise UserError(f"An event's name is {name!r}; allowed are letters, digits, - and _.")
    seconds = number(f"seconds of the event {name}", event["seconds"], 0.1, 36000)
    anomaly, bait = (_names({key: event.get(key, [])}, key) or () for key in ("anomaly", "bait"))
    return Plan(split, name, seconds, anomaly, bait)
