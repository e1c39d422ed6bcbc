"""The settings of `vadlit tune`, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vadlit.checks import check_non_negative, check_whole, checked_folder, checked_group
from vadlit.config import Config, build
from vadlit.errors import UserError
from vadlit.tuning.anomalies import Anomaly

LEAST = {"frames": 1, "count": 1, "seed": 0}  # of the settings of clips


@dataclass(frozen=True)
class Settings:
    """What is compared, and on what.

    Attributes:
        out: The folder of `tune.json` and of what is kept.
        grid: Of `candidates`.
        anomalies: By name.
        frames, count, seed: Of `clips`.
        gain: How much better a setting must be than what was trained.
        made: What clips follow from beside the footage, for JSON.
    """

    out: Path
    grid: Config
    anomalies: dict[str, Anomaly]
    frames: int
    count: int
    seed: int
    gain: float
    made: list[Any]


def checked(config: Mapping[str, Any]) -> Settings:
    """Settings from those of conf/tune.yaml.

    Raises:
        UserError: One of them is missing or not allowed.
    """
    out, gain = checked_folder("out", config["out"]), config["gain"]
    check_non_negative("gain", gain)
    anomalies = _kept(config["anomalies"])
    clips = checked_group("clips", config["clips"], LEAST)
    for name, least in LEAST.items():
        check_whole(f"clips.{name}", clips[name], least)
    return Settings(
        out,
        config["grid"],
        {name: build(node, "vadlit.tuning") for name, node in anomalies.items()},
        clips["frames"],
        clips["count"],
        clips["seed"],
        gain,
        [clips, anomalies],
    )


def _kept(anomalies: object) -> Config:
    """Those that are not left out."""
    named = anomalies if isinstance(anomalies, Mapping) else {}
    kept = {name: node for name, node in named.items() if node is not None}
    if not kept:
        raise UserError(f"anomalies is {anomalies}; allowed is one or more, by name.")
    return kept
