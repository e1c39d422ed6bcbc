import json
import os
from pathlib import Path

import pytest

from tests.data.disk import room_for_files_of
from vadlit.data.labels import Labels, read_labels, write_labels
from vadlit.errors import UserError

FRAMES = 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cam.json"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", Labels()),
        ('{"frame_rate": 29.97, "anomalous": []}', Labels(29.97)),
        ('{"frame_rate": 30, "anomalous": [[0, 0], [1, 99]]}', Labels(30.0, ((0, 0), (1, 99)))),
        (
            '{"anomalous": [[5, 9]], "bait": [[0, 99, "lamp"], [3, 7, "shadow"], [5, 9, "x y"]]}',
            Labels(None, ((5, 9),), ((0, 99, "lamp"), (3, 7, "shadow"), (5, 9, "x y"))),
        ),
        ('\ufeff{"anomalous": [[5, 9]]}', Labels(None, ((5, 9),))),
        ('{"bait": [[1, 2, "Schütteln"]]}', Labels(bait=((1, 2, "Schütteln"),))),
    ],
)
def test_labels_are_read(file: Path, text: str, expected: Labels) -> None:
    file.write_text(text, encoding="utf-8")
    assert read_labels(file, FRAMES) == expected


@pytest.mark.parametrize(
    "labels",
    [
        Labels(),
        Labels(30.0, ((0, 3), (5, 99))),
        Labels(0.5, (), ((1, 2, "lamp"), (4, 5, "ruckeln — ja"))),
    ],
)
def test_what_is_written_is_read(file: Path, labels: Labels) -> None:
    write_labels(file, labels)
    assert read_labels(file, FRAMES) == labels
    assert os.listdir(file.parent) == [file.name]


def test_the_file_is_as_documented(file: Path) -> None:
    write_labels(file, Labels(30.0, ((3, 5),), ((7, 9, "lamp"),)))
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "frame_rate": 30.0,
        "anomalous": [[3, 5]],
        "bait": [[7, 9, "lamp"]],
    }
    write_labels(file, Labels())
    assert json.loads(file.read_text(encoding="utf-8")) == {"anomalous": []}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "are not JSON"),
        ("anomalous: [[1, 2]]", "are not JSON"),
        ('{"anomalous": [[1, 2]}', "are not JSON"),
        ("[" * 100_000, "are not JSON"),
        ('{"anomalous": [[1, 2]], "anomalous": []}', "are not JSON: a key comes twice"),
        ("[[1, 2]]", r"hold \[\[1, 2\]\]; allowed is an object"),
        ("null", "hold null; allowed is an object"),
        ('{"anomalies": []}', "hold 'anomalies'; allowed are .*anomalous"),
        ('{"anomalous": null}', "hold null; allowed is a list of ranges as 'anomalous'"),
        ('{"anomalous": {"a": 1}}', "allowed is a list of ranges as 'anomalous'"),
        ('{"bait": "lamp"}', "allowed is a list of ranges as 'bait'"),
        ('{"anomalous": [1, 2]}', r"hold 1; allowed is \[first, last\] in whole numbers"),
        ('{"anomalous": [[1.0, 2]]}', r"hold \[1\.0, 2\]; allowed is \[first, last\]"),
        ('{"anomalous": [[1, 2.5]]}', r"hold \[1, 2\.5\]; allowed is"),
        ('{"anomalous": [[1, NaN]]}', r"hold \[1, NaN\]; allowed is"),
        ('{"anomalous": [[false, true]]}', r"hold \[false, true\]; allowed is"),
        ('{"anomalous": [["1", "2"]]}', r"hold \[\"1\", \"2\"\]; allowed is"),
        ('{"anomalous": [[1]]}', r"hold \[1\]; allowed is"),
        ('{"anomalous": [[1, 2, "lamp"]]}', r"hold \[1, 2, \"lamp\"\]; allowed is"),
        ('{"anomalous": ["12"]}', r'hold "12"; allowed is'),
        (f'{{"anomalous": ["{"x" * 999}"]}}', r'hold "x{59}\.\.\.; allowed is'),
        ('{"bait": [[1, 2]]}', r"hold \[1, 2\]; allowed is \[first, last, \"what\"\]"),
        ('{"bait": [[1, 2, ""]]}', 'allowed is .* as bait'),
        ('{"bait": [[1, 2, 3]]}', 'allowed is .* as bait'),
        ('{"bait": [[1.0, 2, "lamp"]]}', 'allowed is .* as bait'),
        ('{"frame_rate": 0}', "hold 0; allowed is a number above 0"),
        ('{"frame_rate": -25}', "hold -25; allowed is a number above 0"),
        ('{"frame_rate": NaN}', "hold NaN; allowed is a number above 0"),
        ('{"frame_rate": 1e999}', "hold Infinity; allowed is a number above 0"),
        (f'{{"frame_rate": 1{"0" * 400}}}', r"hold 10+\.\.\.; allowed is a number above 0"),
        ('{"frame_rate": "30"}', r'hold "30"; allowed is a number above 0'),
        ('{"frame_rate": true}', "hold true; allowed is a number above 0"),
        ('{"frame_rate": null}', "hold null; allowed is a number above 0"),
        ('{"anomalous": [[5, 4]]}', r"anomalous range \[5, 4\] in"),
        ('{"anomalous": [[-1, 4]]}', r"anomalous range \[-1, 4\] in"),
        ('{"anomalous": [[90, 100]]}', r"range \[90, 100\] in .* lie in 0 to 99"),
        ('{"anomalous": [[1, 5], [5, 9]]}', r"anomalous range \[5, 9\] in"),
        ('{"anomalous": [[7, 9], [1, 5]]}', r"anomalous range \[1, 5\] in"),
        ('{"bait": [[90, 100, "lamp"]]}', r"bait \(lamp\) range \[90, 100\] in"),
        ('{"bait": [[1, 5, "lamp"], [2, 3, "b"], [5, 9, "lamp"]]}', r"\(lamp\) range \[5, 9\]"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_malformed_labels_are_one_sentence_that_names_the_file(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as told:
        read_labels(file, FRAMES)
    assert str(file) in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_other_bytes_than_text_are_told(file: Path) -> None:
    file.write_bytes(b'{"anomalous": \xff\xfe}')
    with pytest.raises(UserError, match=f"The labels {file} are not JSON"):
        read_labels(file, FRAMES)


def test_a_missing_file_is_told(file: Path) -> None:
    with pytest.raises(UserError, match=f"The labels {file} cannot be read: No such file"):
        read_labels(file, FRAMES)


def test_a_full_disk_keeps_what_was_there(file: Path) -> None:
    write_labels(file, Labels(30.0))
    with room_for_files_of(10), pytest.raises(UserError, match=f"{file} cannot be written"):
        write_labels(file, Labels(30.0, tuple((2 * n, 2 * n) for n in range(50))))
    assert read_labels(file, FRAMES) == Labels(30.0)
    assert os.listdir(file.parent) == [file.name]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in ("none", "file"):
        with pytest.raises(UserError, match=f"{folder}/cam.json cannot be written"):
            write_labels(tmp_path / folder / "cam.json", Labels())
