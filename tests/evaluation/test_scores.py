from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from vadlit.errors import UserError
from vadlit.evaluation.scores import EventScores, read_scores, write_scores


def event(name: str, count: int, seed: int = 0) -> EventScores:
    rng = np.random.default_rng(seed)
    cue = rng.normal(-30, 3, count)
    return EventScores(name, 4, cue, cue + 1 / 3, rng.random(count) > 0.5)


def test_frames_are_numbered_from_the_first_scored() -> None:
    assert event("a", 3).frames.tolist() == [4, 5, 6]


def test_above_is_more_than_the_level_or_no_number_at_all() -> None:
    scores = EventScores("a", 4, np.zeros(4), np.array([1, 2, 3, np.nan]), np.zeros(4, bool))
    assert scores.above(np.array([1, 1, 4, 0])).tolist() == [False, True, False, True]


def test_arrays_of_two_lengths_are_refused() -> None:
    with pytest.raises(AssertionError):
        EventScores("a", 4, np.zeros(3), np.zeros(2), np.zeros(3, bool))


def test_written_scores_are_read_back_to_the_last_bit(tmp_path: Path) -> None:
    events = [event("b", 20, 1), event("a", 7, 2), event("c", 1, 3)]
    decisions = [e.score > -30 for e in events]
    write_scores(tmp_path / "scores.parquet", events, decisions)
    read, read_decisions = read_scores(tmp_path / "scores.parquet")
    assert [(e.event, e.first) for e in read] == [("b", 4), ("a", 4), ("c", 4)]
    for old, new, decided, again in zip(events, read, decisions, read_decisions, strict=True):
        for key in ("cue", "score", "labels"):
            np.testing.assert_array_equal(getattr(new, key), getattr(old, key), strict=True)
        np.testing.assert_array_equal(again, decided, strict=True)


def test_file_holds_the_promised_columns_for_another_reader(tmp_path: Path) -> None:
    one = event("a", 4)
    write_scores(tmp_path / "scores.parquet", [one], [np.array([True, False, False, True])])
    frame = pd.read_parquet(tmp_path / "scores.parquet")
    assert list(frame) == ["event", "frame", "cue", "score", "label", "anomalous"]
    assert frame["event"].tolist() == ["a"] * 4
    assert frame["frame"].tolist() == [4, 5, 6, 7]
    assert frame["score"].tolist() == one.score.tolist()
    assert frame["label"].tolist() == one.labels.tolist()
    assert frame["anomalous"].tolist() == [True, False, False, True]


def test_no_events_give_an_empty_file(tmp_path: Path) -> None:
    write_scores(tmp_path / "scores.parquet", [], [])
    assert read_scores(tmp_path / "scores.parquet") == ([], [])


def test_an_event_too_short_to_be_scored_leaves_no_row(tmp_path: Path) -> None:
    events = [event("short", 0), event("a", 2)]
    write_scores(tmp_path / "scores.parquet", events, [e.labels for e in events])
    assert [e.event for e in read_scores(tmp_path / "scores.parquet")[0]] == ["a"]


def test_a_second_file_replaces_the_first_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    for count in (3, 5):
        write_scores(path, [event("a", count)], [np.zeros(count, bool)])
    assert len(read_scores(path)[0][0]) == 5
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_keeps_the_old_file_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scores.parquet"
    write_scores(path, [event("a", 3)], [np.zeros(3, bool)])

    def full_disk(_table: object, part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr("vadlit.evaluation.scores.pq.write_table", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_scores(path, [event("b", 9)], [np.zeros(9, bool)])
    assert list(tmp_path.iterdir()) == [path]
    assert read_scores(path)[0][0].event == "a"


def test_events_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        write_scores(
            tmp_path / "s.parquet", [event("a", 1), event("a", 1)], [np.zeros(1, bool)] * 2
        )


@pytest.mark.parametrize("content", [None, b"", b"not parquet at all"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "scores.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"scores\.parquet: not a readable Parquet file"):
        read_scores(path)


def test_other_columns_are_named(tmp_path: Path) -> None:
    pd.DataFrame({"event": ["a"], "psnr": [30.0]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(
        UserError, match=r"other\.parquet: its columns are .*psnr double; .* has event string"
    ):
        read_scores(tmp_path / "other.parquet")


def test_frames_with_a_gap_are_named(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    write_scores(path, [event("a", 5)], [np.zeros(5, bool)])
    pq.write_table(pq.read_table(path).take([0, 1, 3, 4]), path)
    with pytest.raises(UserError, match=r"frames of event a have gaps"):
        read_scores(path)
