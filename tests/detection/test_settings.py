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
    "threshold": None,
}


def test_settings() -> None:
    camera = (Source("camera-0", "0"),)
    made = Settings(camera, Path("results"), "trained", "trained", None, None)
    assert checked(CONFIG) == made
    changed = {"roi": [0, 0, 0.5, 1], "rate": 10, "seconds": 60, "threshold": -1}
    other = Settings(camera, Path("results"), (0, 0, 0.5, 1), 10, 60.0, -1.0)
    assert checked(CONFIG | changed) == other
    assert checked(CONFIG | {"roi": None, "rate": None}).choices() == [None, None, None, None]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"out": None}, "out is None"),
        ({"roi": "auto"}, "roi is auto"),
        ({"roi": [1, 2]}, r"roi is \[1, 2\]"),
        ({"rate": 0}, "rate is 0"),
        ({"rate": "fast"}, "rate is fast"),
        ({"seconds": 0}, "seconds is 0; allowed is null or a number above 0"),
        ({"threshold": "sigma"}, "threshold is sigma; allowed is null or a number"),
        ({"threshold": float("nan")}, "threshold is nan"),
    ],
)
def test_mistakes(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        checked(CONFIG | changed)
