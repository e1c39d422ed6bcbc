from dataclasses import dataclass
from pathlib import Path

import pytest

from vadlit.errors import UserError
from vadlit.record import read_record


@dataclass
class Noted:
    count: int = 0


def test_what_was_noted_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "noted.json"
    assert read_record(Noted, file, "count") == Noted()
    file.write_text('{"count": 3}')
    assert read_record(Noted, file, "count") == Noted(3)


@pytest.mark.parametrize("text", ["", "[1]", '{"other": 3}'])
def test_anything_else_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "noted.json").write_text(text)
    with pytest.raises(UserError, match=r"noted\.json is not a record of vadlit count: "):
        read_record(Noted, tmp_path / "noted.json", "count")
