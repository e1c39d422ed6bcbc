from pathlib import Path

import pytest

from tests.preparation.conftest import Make
from tests.preparation.footage import numbered, write_folder, write_video
from vadlit.errors import UserError
from vadlit.preparation.sources import find

FEW = [numbered(n) for n in range(6)]


def test_a_folder_of_footage_is_each_of_it(settings: Make, tmp_path: Path) -> None:
    write_video(tmp_path / "in" / "b.mp4", FEW)
    write_folder(tmp_path / "in" / "a", FEW)
    (tmp_path / "in" / "notes.txt").touch()
    train, test = find(settings(tmp_path / "in"))
    assert [source.name for source in train] == ["a", "b"]
    assert [source.picture for source in train] == [(96, 128)] * 2
    assert [source.labels for source in train] == [None, None]
    assert test == []


def test_labels_state_the_rate_of_a_folder(settings: Make, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", FEW)
    (folder / "labels.json").write_text('{"frame_rate": 5, "seconds": [[0.4, 0.7]]}')
    ((source,), _) = find(settings(folder))
    assert source.timeline.rate == 5
    assert source.labels is not None
    assert source.labels.anomalous == ((2, 3),)


def test_mistakes(settings: Make, line: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "far").mkdir()
    twin = write_video(tmp_path / "far" / "line.mp4", FEW)
    other = write_video(tmp_path / "far" / "other.mp4", FEW)
    hidden = write_video(tmp_path / ".line.mp4", FEW)
    nothing = tmp_path / "nothing.mp4"
    for chosen, message in (
        (settings(nothing), "There is no video file"),
        (settings(tmp_path / "empty"), "holds neither frames nor videos"),
        (settings(line, test=(other,)), r"has no labels beside it; allowed is .*other\.json"),
        (settings(line, test=(line,)), "in source or in test but not in both"),
        (
            settings(hidden),
            r"\.line\.mp4 is called \.line; allowed is a name without a dot in front",
        ),
        (settings((line, twin)), "would give events of one name"),
        (settings(line, labels=(nothing, nothing)), "labels names 2 files for 1 in source"),
        (settings(line, labels=(nothing,)), "labels .*nothing.mp4 cannot be read"),
    ):
        with pytest.raises(UserError, match=message):
            find(chosen)
