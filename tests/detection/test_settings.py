from pathlib import Path
from typing import Any

import pytest

from vadlit.detection.settings import Settings, checked
from vadlit.detection.source import Source
from vadlit.errors import UserError

CONFIG = {
    "source": "0",
    "out": "results",
    "roi": "trained",
    "rate": "trained",
    "seconds": None,
    "level": None,
}


def test_settings() -> None:
    camera = (Source("camera-0", "0"),)
    as_trained = {"threshold": None, "alarm": None, "level": None}
    made = Settings(camera, Path("results"), "trained", "trained", None, as_trained)
    assert checked(CONFIG) == made
    changed = {"roi": [0, 0, 0.5, 1], "rate": 10, "seconds": 60, "level": -1, "alarm": {"keep": 1}}
    adjusted = {"threshold": None, "alarm": {"keep": 1}, "level": -1.0}
    other = Settings(camera, Path("results"), (0, 0, 0.5, 1), 10, 60.0, adjusted)
    assert checked(CONFIG | changed) == other
    plain = checked(CONFIG | {"roi": None, "rate": None})
    assert plain.choices() == [None, None, None, as_trained]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"out": None}, "out is None"),
        ({"roi": "auto"}, "roi is auto"),
        ({"roi": [1, 2]}, r"roi is \[1, 2\]"),
        ({"rate": 0}, "rate is 0"),
        ({"rate": "fast"}, "rate is fast"),
        ({"seconds": 0}, "seconds is 0; allowed is null or a number above 0"),
        ({"level": "sigma"}, "level is sigma; allowed is null or a number"),
        ({"level": float("nan")}, "level is nan"),
    ],
)
def test_mistakes(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        checked(CONFIG | changed)
