import json
from pathlib import Path
from typing import Any

import pytest

from vadlit.data.prepared import FILE, framing
from vadlit.errors import UserError
from vadlit.video.framing import Framing, Region
from vadlit.video.roi import Roi


def event(picture: list[int], roi: list[int], resampled: bool = False) -> dict[str, Any]:
    return {"picture": picture, "roi": roi, "resampled": resampled, "frame_rate": 10.0}


def write(root: Path, *events: dict[str, Any]) -> Path:
    text = json.dumps({"events": {str(number): each for number, each in enumerate(events)}})
    (root / FILE).write_text(text)
    return root


def test_other_data_sets_are_taken_as_they_are(tmp_path: Path) -> None:
    assert framing(tmp_path) == Framing()


def test_regions_by_the_size_of_the_picture(tmp_path: Path) -> None:
    phone, whole = event([480, 640], [1, 2, 30, 40]), event([100, 200], [0, 0, 200, 100])
    found = framing(write(tmp_path, phone, whole, phone))
    expected = (Region((480, 640), Roi(1, 2, 30, 40)), Region((100, 200), Roi(0, 0, 200, 100)))
    assert found == Framing(expected, None)


def test_whole_pictures_are_no_region(tmp_path: Path) -> None:
    assert framing(write(tmp_path, event([100, 200], [0, 0, 200, 100], True))) == Framing((), 10.0)


def test_a_record_without_the_size_of_the_picture(tmp_path: Path) -> None:
    old = event([], [1, 2, 30, 40])
    del old["picture"]
    assert framing(write(tmp_path, old)) == Framing((Region(None, Roi(1, 2, 30, 40)),))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"events": [1]}', '{"events": {"a": {}}}'])
def test_a_broken_record_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(UserError, match=r"prepared\.json is not a record of vadlit prepare"):
        framing(tmp_path)
