from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.preparation.footage import numbered, write_video
from vadlit.preparation.settings import Settings
from vadlit.preparation.split import Shares

Make = Callable[..., Settings]


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Ten seconds of normal footage whose pictures show their numbers."""
    return write_video(tmp_path / "line.mp4", [numbered(n) for n in range(100)])


@pytest.fixture
def settings(tmp_path: Path) -> Make:
    """Settings of a small data set; some of them changed."""

    def make(source: Path | tuple[Path, ...], **changes: Any) -> Settings:
        stated: dict[str, Any] = {
            "source": source if isinstance(source, tuple) else (source,),
            "test": (),
            "labels": (),
            "out": tmp_path / "out",
            "roi": None,
            "size": (32, 64),
            "rate": None,
            "shares": Shares(validation=0.25, test=0.4, gap=1.0, margin=0.5),
            "quality": 95,
        }
        return Settings(**(stated | changes))

    return make
