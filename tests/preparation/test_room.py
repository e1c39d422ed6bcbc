from pathlib import Path

import pytest

from tests.preparation.conftest import Make
from vadlit.preparation.prepare import prepare
from vadlit.preparation.room import bytes_a_frame


def test_the_estimate_is_what_the_disk_loses(line: Path, settings: Make) -> None:
    chosen = settings(line)
    made = prepare(chosen)
    sizes = [file.stat().st_size for file in made.out.rglob("*.jpg")]
    blocks = sum(-(-size // 4096) * 4096 for size in sizes) / len(sizes)
    assert bytes_a_frame(made.events[0], chosen) == pytest.approx(blocks, rel=0.2)
