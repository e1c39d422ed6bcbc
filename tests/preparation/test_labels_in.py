from pathlib import Path

import numpy as np
import pytest

from vadlit.data.labels import Labels
from vadlit.errors import UserError
from vadlit.preparation.labels_in import as_frames, beside, read

TIMES = np.arange(100) / 10


def labels(tmp_path: Path, name: str, text: str) -> Labels:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8-sig")
    return as_frames(read(file), TIMES)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"frames": 100, "anomalous": [[20, 29], [50, 50]]}'),
        ("a.json", '{"seconds": [[2.0, 2.95], [5, 5.05]]}'),
        ("a.csv", "first,last\n50,50\n20,29\n"),
        ("a.csv", "Start, End\r\n0:02.0,0:02.95\r\n\r\n5,5.0\r\n"),
    ],
)
def test_one_meaning_in_every_format(tmp_path: Path, name: str, text: str) -> None:
    assert labels(tmp_path, name, text).anomalous == ((20, 29), (50, 50))


def test_seconds_follow_the_time_stamps(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"seconds": [[2.5, 4.0]]}')
    times = np.array([0.0, 1.0, 2.0, 3.0, 3.5, 3.9, 5.0])
    # The frame of second 2 is on show at 2.5, that of 3.9 at 4.
    assert as_frames(read(file), times).anomalous == ((2, 5),)


def test_seconds_that_touch_are_one_range_and_those_that_overlap_are_refused(
    tmp_path: Path,
) -> None:
    # At 10 frames a second the frame 50 is on show from 5.0 to 5.1.
    text = '{"seconds": [[5, 6], [2, 5], [6.5, 7]], "bait": [[1, 2, "lamp"], [2, 3, "lamp"]]}'
    found = labels(tmp_path, "a.json", text)
    assert found.anomalous == ((20, 60), (65, 70))
    assert found.bait == ((10, 30, "lamp"),)
    of_two_kinds = '{"seconds": [], "bait": [[1, 2, "lamp"], [2, 3, "shadow"]]}'
    found = labels(tmp_path, "a.json", of_two_kinds)
    assert found.bait == ((10, 20, "lamp"), (20, 30, "shadow"))
    with pytest.raises(UserError, match=r"\[49, 60\] in .* do not overlap"):
        labels(tmp_path, "a.json", '{"seconds": [[4.9, 6], [2, 5]]}')


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"frame_rate": 15, "anomalous": [[1, 2]], "bait": [[5, 9, "lamp"]]}'),
        ("a.csv", "first,last,bait\n1,2,\n5,9,lamp\n"),
    ],
)
def test_bait(tmp_path: Path, name: str, text: str) -> None:
    found = labels(tmp_path, name, text)
    assert found.anomalous == ((1, 2),)
    assert found.bait == ((5, 9, "lamp"),)
    assert found.frame_rate == (15 if name == "a.json" else None)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "first;last\n10;20\n", "are not understood; allowed is"),
        ("a.csv", "first\n10\n", "are not understood; allowed is"),
        ("a.json", '{"anomalous": [[90, 100]]}', r"\[90, 100\] in .* lie in 0 to 99"),
        ("a.json", '{"anomalous": [[9, 4]]}', r"\[9, 4\]"),
        ("a.json", '{"anomalous": [[1, 5], [5, 8]]}', r"\[5, 8\]"),
        ("a.json", '{"anomalous": [], "bait": [[5, 100, "lamp"]]}', r"bait \(lamp\)"),
        ("a.json", '{"seconds": [[8, 12]]}', r"lie in 0 to 10\.00, where the footage ends"),
        ("a.json", '{"seconds": [[8, 7]]}', r"seconds rise"),
        ("a.json", '{"anomalous": [[1.5, 2]]}', "not understood; allowed is"),
        ("a.json", '{"anomalous": [[true, 2]]}', "not understood"),
        ("a.json", '{"anomalies": [[1, 2]]}', "not understood"),
        ("a.json", '{"anomalous": [[1, 2, 3]]}', "not understood"),
        (
            "a.json",
            '{"anomalous": [[1, 2, "fallen"]]}',
            r'not understood; .*\[first, last, "what"\]',
        ),
        ("a.json", '{"seconds": [[1, 2, "fallen"]]}', "not understood"),
        ("a.json", '{"anomalous": [], "bait": [[1, 2]]}', "not understood"),
        ("a.json", '{"anomalous": [], "bait": [[1, 2, " "]]}', "not understood"),
        ("a.json", "[1, 2]", "not understood"),
        ("a.json", "", "not understood"),
        ("a.csv", "", "not understood"),
        ("a.csv", "1,2\n3,4\n", "not understood"),
        ("a.csv", "first,last\n1\n", "not understood"),
        ("a.csv", "first,last\n1.5,2\n", "not understood"),
    ],
)
def test_mistakes_name_the_file(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        labels(tmp_path, name, text)
    assert name in str(caught.value)


def test_beside(tmp_path: Path) -> None:
    (tmp_path / "a.b.mp4").touch()
    assert beside(tmp_path / "a.b.mp4") is None
    (tmp_path / "a.b.csv").touch()
    assert beside(tmp_path / "a.b.mp4") == tmp_path / "a.b.csv"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "labels.json").touch()
    assert beside(tmp_path / "folder") == tmp_path / "folder" / "labels.json"
