"""The settings that are compared: a grid of values around what was trained."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Any

from vadlit.config import Config, build, flat
from vadlit.errors import UserError
from vadlit.models.predictor import Predictor
from vadlit.scoring.smoothing import Smoother
from vadlit.views import check_fit

# What can be changed without another look at the footage.
JOINING = ("parts", "worst", "weights")


@dataclass(frozen=True)
class Candidate:
    """One setting of everything.

    Attributes:
        overrides: What differs from what was trained, as Hydra takes it.
        cue: The configuration of a fusion.
        window: Of smoothing.
    """

    overrides: tuple[str, ...]
    cue: Config
    window: int

    def check(self, predictor: Predictor) -> None:
        """Raise UserError for what no fusion or smoothing can be made of."""
        check_fit(build(self.cue, "vadlit.scoring"), predictor)
        Smoother(self.window)

    @property
    def looks(self) -> Config:
        """What all parts' cells follow from, beside their own settings."""
        return {key: value for key, value in self.cue.items() if key not in JOINING}

    @property
    def parts(self) -> dict[str, Config]:
        """The settings of the parts that are not left out, under names that tell them apart."""
        return {
            f"{name}-{_digest([self.looks, part])}": part
            for name, part in self.cue["parts"].items()
            if part is not None
        }


def candidates(cue: Config, window: int, grid: Mapping[str, Any]) -> list[Candidate]:
    """Every combination of the grid's values, what was trained first.

    Args:
        cue: The configuration of the fusion that was trained.
        window: Of smoothing.
        grid: Lists of values, nested as settings are: `cue` and `window`. A list that is null is
            left out.

    Raises:
        UserError: A name is not one of these, or a value no list.
    """
    lists = {
        name: _checked(name, values) for name, values in flat(grid).items() if values is not None
    }
    settings = [dict(zip(lists, values, strict=True)) for values in product(*lists.values())]
    found: dict[str, Candidate] = {}
    for setting in ({}, *settings):
        made = _candidate(cue, window, setting)
        # Most grids hold the trained setting, too.
        found.setdefault(_digest([made.cue, made.window]), made)
    return list(found.values())


def _checked(name: str, values: object) -> list[Any]:
    if name != "window" and not name.startswith("cue."):
        raise UserError(f"grid names {name}; allowed are window and settings of the cue.")
    if not isinstance(values, list) or not values:
        raise UserError(f"grid.{name} is {values}; allowed is a list of values, or null.")
    return values


def _candidate(cue: Config, window: int, setting: Mapping[str, Any]) -> Candidate:
    changed: Config = {"cue": deepcopy(cue), "window": window}
    overrides = []
    for name, value in setting.items():
        place, last = _place(changed, name)
        if last not in place or place[last] != value:
            overrides.append(f"{'' if last in place else '++'}{name}={_hydra(value)}")
            place[last] = value
    return Candidate(tuple(overrides), changed["cue"], changed["window"])


def _place(config: Config, name: str) -> tuple[Config, str]:
    """The settings that hold a dotted name, made where there are none, and its last part."""
    *path, last = name.split(".")
    for step in path:
        config = config.setdefault(step, {})
        if not isinstance(config, dict):
            raise UserError(f"grid names {name}, but {step} is {config}; allowed is what is set.")
    return config, last


def _hydra(value: object) -> str:
    """A value as Hydra's command line takes it.

    >>> _hydra({"_target_": "a.B", "sizes": [1, 2]}), _hydra(None)
    ('{_target_:a.B,sizes:[1,2]}', 'null')
    """
    match value:
        case dict():
            return "{" + ",".join(f"{key}:{_hydra(x)}" for key, x in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_hydra, value)) + "]"
        case bool() | None:
            return json.dumps(value)
    return str(value)


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
