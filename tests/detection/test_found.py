import json
from math import inf, nan

from vadlit.detection.found import AlarmSpan, Found
from vadlit.detection.watch import Row


def row(frame: int, score: float, alarm: bool = False, kind: str = "") -> Row:
    return Row(frame, frame / 10, score, 2.0, score > 2, alarm, kind)


def test_counts_and_alarms() -> None:
    found, rows = (
        Found("line.mp4"),
        [
            row(4, 1.0),
            row(5, 3.0, alarm=True),
            row(6, 5.0, alarm=True),
            row(7, 1.0, alarm=True),
            row(8, 1.0, kind="changed"),
            row(9, 4.0, alarm=True),
        ],
    )
    assert list(found.counting(rows)) == rows
    assert (found.frames, found.flagged, found.changed) == (6, 3, 1)
    assert (found.seconds, found.peak, found.level) == (0.9, 5.0, 2.0)
    assert found.alarms == [
        AlarmSpan(5, 7, 0.5, 0.7, 5.0, 0.6),
        AlarmSpan(9, 9, 0.9, 0.9, 4.0, 0.9),
    ]


def test_json_has_no_numbers_that_are_none() -> None:
    found = Found("line.mp4")
    list(found.counting([row(4, nan, alarm=True), row(5, -inf, alarm=True)]))
    plain = found.plain()
    assert plain["peak"] is None
    assert plain["alarms"] == [
        {"first": 4, "last": 5, "start": 0.4, "end": 0.5, "peak": None, "peak_seconds": 0.4}
    ]
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
