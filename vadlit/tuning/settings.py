"""The settings of `vadlit tune`, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vadlit.checks import check_non_negative, check_whole, checked_folder
from vadlit.config import Config, build
from vadlit.errors import UserError
from vadlit.tuning.anomalies import Anomaly


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
    out, gain, clips = checked_folder("out", config["out"]), config["gain"], config["clips"]
    check_non_negative("gain", gain)
    anomalies = {name: node for name, node in config["anomalies"].items() if node is not None}
    if not anomalies:
        raise UserError("anomalies is empty; allowed is one or more.")
    for name, least in (("frames", 1), ("count", 1), ("seed", 0)):
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
