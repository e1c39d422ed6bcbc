"""The settings of `vadlit prepare`, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vadlit.checks import checked_group, checked_size
from vadlit.errors import UserError
from vadlit.preparation.split import Shares
from vadlit.video.resample import check_rate
from vadlit.video.roi import checked_roi

AUTO = "auto"


@dataclass(frozen=True)
class Settings:
    """What to prepare, and how.

    Args:
        source: Footage to train and validate on, and of which labelled parts test.
        test: Footage to test on, whole.
        labels: For the footage of `test` or, where there is none, of `source`, in its order; an
            empty tuple looks beside the footage.
        out: The folder of the data set.
        roi: As `roi.checked_roi` passes it, or "auto".
        size: Height and width of the frames made, pixels.
        rate: Frames a second made; None keeps those of the footage.
        shares: How footage is split.
        quality: Of the JPEG files, 1 to 100.
    """

    source: tuple[Path, ...]
    test: tuple[Path, ...]
    labels: tuple[Path, ...]
    out: Path
    roi: tuple[float, ...] | str | None
    size: tuple[int, int]
    rate: float | None
    shares: Shares
    quality: int


def checked(config: Mapping[str, Any]) -> Settings:
    """Settings from those of conf/prepare.yaml.

    Raises:
        UserError: One of them is missing or not allowed.
    """
    source, out = _paths(config["source"], "source"), _paths(config["out"], "out")
    if not source:
        raise UserError("source is missing; allowed is a video, a folder of frames, or several.")
    if len(out) != 1:
        raise UserError("out is missing; allowed is the folder that the data set is written to.")
    check_rate(config["rate"])
    roi = config["roi"]
    return Settings(
        source,
        _paths(config["test"], "test"),
        _paths(config["labels"], "labels"),
        out[0],
        AUTO if roi == AUTO else checked_roi(roi, AUTO),
        checked_size("size", config["size"]),
        config["rate"],
        _shares(config["split"]),
        _quality(config["quality"]),
    )


def _paths(value: Any, name: str) -> tuple[Path, ...]:
    listed = value if isinstance(value, list) else [value]
    given = [entry for entry in listed if entry is not None]
    if not all(isinstance(entry, str | int) and str(entry) for entry in given):
        raise UserError(f"{name} is {value}; allowed is a path or a list of them.")
    for entry in map(str, given):
        if "://" in entry or (entry.isdecimal() and not Path(entry).exists()):
            raise UserError(f"{name} is {entry}, which is live; allowed is a recording.")
    return tuple(Path(str(entry)).expanduser() for entry in given)


def _shares(value: object) -> Shares:
    split = checked_group("split", value, [field.name for field in fields(Shares)])
    for name in ("validation", "test"):
        if not (_number(split[name]) and 0 < split[name] < 1):
            raise UserError(
                f"split.{name} is {split[name]}; allowed is a share above 0 and below 1."
            )
    for name in ("gap", "margin"):
        if not (_number(split[name]) and split[name] >= 0):
            raise UserError(f"split.{name} is {split[name]}; allowed is 0 or more seconds.")
    return Shares(**split)


def _quality(value: Any) -> int:
    if type(value) is int and 1 <= value <= 100:
        return value
    raise UserError(f"quality is {value}; allowed is a whole number from 1 to 100.")


def _number(value: Any) -> bool:
    return type(value) in (int, float)
