"""The settings of `vadlit detect`, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from vadlit.checks import checked_folder
from vadlit.config import Config
from vadlit.detection.source import Source, sources
from vadlit.errors import UserError
from vadlit.video.resample import check_rate
from vadlit.video.roi import checked_roi

TRAINED = "trained"


@dataclass(frozen=True)
class Settings:
    """What to look at, and how.

    Args:
        sources: Footage; names differ.
        out: The folder of the tables.
        roi: As `checked_roi` passes it, or "trained".
        rate: Frames a second that footage is resampled to, None for frames as they come, or
            "trained".
        seconds: Of each piece of footage, from its beginning; None is all of it.
        adjusted: Threshold, alarm and level in place of what was trained, as `adjust` takes them.
    """

    sources: tuple[Source, ...]
    out: Path
    roi: tuple[float, ...] | str | None
    rate: float | str | None
    seconds: float | None
    adjusted: Config

    def choices(self) -> list[Any]:
        """What changes the scores and decisions of one piece of footage, for JSON."""
        return [self.roi, self.rate, self.seconds, self.adjusted]


def checked(config: Mapping[str, Any]) -> Settings:
    """Settings from those of conf/detect.yaml.

    Raises:
        UserError: One of them is missing or not allowed.
    """
    out, roi, rate = checked_folder("out", config["out"]), config["roi"], config["rate"]
    if rate != TRAINED:
        check_rate(rate)
    return Settings(
        sources(config["source"]),
        out,
        TRAINED if roi == TRAINED else checked_roi(roi, TRAINED),
        rate,
        _number(config, "seconds", least=0.0),
        {
            "threshold": config.get("threshold"),
            "alarm": config.get("alarm"),
            "level": _number(config, "level"),
        },
    )


def _number(config: Mapping[str, Any], name: str, least: float | None = None) -> float | None:
    value = config[name]
    if value is None:
        return None
    if type(value) in (int, float) and isfinite(value) and (least is None or value > least):
        return float(value)
    above = "" if least is None else f" above {least:g}"
    raise UserError(f"{name} is {value}; allowed is null or a number{above}.")
