"""Ped2 with the settings of the tests."""

from pathlib import Path
from typing import Any

from tests.data.contract import settings
from vadlit.data.events import Event
from vadlit.data.ped2 import Ped2

SUBSETS: dict[str, dict[str, Any]] = {
    "few": {"train": ["01"], "val": ["03"], "test": ["02"], "frames": 9, "sequences": 6},
    "three": {"test": ["03"]},
}


def make_ped2(root: Path, cache_dir: Path, **changed: Any) -> Ped2:
    usual = {
        "root": str(root),
        "held_out": ["04"],
        "subset": None,
        "subsets": SUBSETS,
        "download": False,
        "url": "http://127.0.0.1:9/none.tar.gz",
        "archive_bytes": None,
        "archive_sha256": None,
    }
    return Ped2(**settings(cache_dir, {**usual, **changed}))


def names(events: tuple[Event, ...]) -> list[str]:
    return [event.name for event in events]
