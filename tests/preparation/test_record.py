from pathlib import Path

import pytest

from vadlit.errors import UserError
from vadlit.preparation.record import Record, open_record, require_same


def test_what_is_written_is_read(tmp_path: Path) -> None:
    record = Record({"train/a": {"frames": 3}}, {"a": ["too dark."]}, {"stated": None})
    record.write(tmp_path / "new" / "out")
    assert open_record(tmp_path / "new" / "out") == record
    assert open_record(tmp_path / "nowhere") == Record()


def test_other_things_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(UserError, match="holds something else; allowed is a new or empty folder"):
        open_record(tmp_path)
    with pytest.raises(UserError, match="holds something else"):
        open_record(tmp_path / "thesis.doc")
    for text in ("{", '{"a": 1}', "[]"):
        (tmp_path / "prepared.json").write_text(text)
        with pytest.raises(UserError, match=r"prepared\.json is not a record of vadlit prepare"):
            open_record(tmp_path)


def test_only_additions(tmp_path: Path) -> None:
    recorded = {"train/a": {"quality": 95}}
    require_same(recorded, recorded | {"test/b": {"quality": 95}}, tmp_path)
    with pytest.raises(UserError, match="train/a has quality 95 and not 80"):
        require_same(recorded, {"train/a": {"quality": 80}}, tmp_path)
    with pytest.raises(UserError, match="holds train/a of other footage"):
        require_same(recorded, {"train/c": {"quality": 95}}, tmp_path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"out is .*file/out, which cannot be written"):
        Record().write(tmp_path / "file" / "out")
