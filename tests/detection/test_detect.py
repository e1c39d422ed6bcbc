"""All footage is watched once, and what is broken does not stop the rest."""

import csv
import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.detection.footage import FRAMES, RESTLESS, copying, write_frames, write_video
from vadlit.claim import claimed
from vadlit.detection.detect import Detection, detect
from vadlit.detection.record import Record
from vadlit.detection.report import plain, report
from vadlit.detection.settings import Settings
from vadlit.detection.source import sources
from vadlit.errors import UserError
from vadlit.video.framing import Framing, Region
from vadlit.video.roi import Roi

ALARM = (RESTLESS.start, RESTLESS.stop)


def settings(*places: Path, out: Path) -> Settings:
    found = sources([str(place) for place in places])
    return Settings(found, out / "out", "trained", "trained", None, {})


def watched(made: Settings, digest: str = "a") -> Detection:
    return detect(copying(), digest, made)


def table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "out" / "scores" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_tables(tmp_path: Path) -> None:
    made = settings(write_frames(tmp_path / "a"), write_video(tmp_path / "b.mp4"), out=tmp_path)
    found = watched(made)
    assert list(found.found) == ["a", "b"]
    assert not found.broken
    for name in ("a", "b"):
        rows = table(tmp_path, name)
        assert [int(row["frame"]) for row in rows] == list(range(4, FRAMES))
        alarmed = [int(row["frame"]) for row in rows if row["alarm"] == "1"]
        assert (alarmed[0], alarmed[-1]) == ALARM
        assert [row["flagged"] for row in rows] == [row["alarm"] for row in rows]
    with (tmp_path / "out" / "alarms.csv").open() as file:
        alarms = list(csv.DictReader(file))
    assert [alarm["source"] for alarm in alarms] == ["a", "b"]
    for alarm, name in zip(alarms, "ab", strict=True):
        assert (int(alarm["first"]), int(alarm["last"])) == ALARM
        assert (float(alarm["start"]), float(alarm["end"])) == (ALARM[0] / 10, ALARM[1] / 10)
        assert alarm["peak"] == max((row["score"] for row in table(tmp_path, name)), key=float)
    # Nothing is left lying about.
    assert sorted(p.name for p in (tmp_path / "out").rglob("[!.]*") if p.is_file()) == [
        "a.csv",
        "alarms.csv",
        "b.csv",
        "detect.json",
    ]


def test_what_is_there_is_not_done_again(tmp_path: Path) -> None:
    folder, video = write_frames(tmp_path / "a"), write_video(tmp_path / "b.mp4")
    made = settings(folder, video, out=tmp_path)
    first = watched(made)
    again = watched(made)
    assert (first.frames, again.frames) == (2 * (FRAMES - 4), 0)
    assert again.found == first.found
    # Another detector, footage or setting, or a table that is gone.
    assert watched(made, "b").frames == first.frames
    assert watched(replace(made, adjusted={"level": 0.0}), "b").found["a"]["alarms"] == []
    assert watched(made, "b").frames == first.frames
    (tmp_path / "out" / "scores" / "a.csv").unlink()
    assert watched(made, "b").frames == FRAMES - 4
    (folder / "29.png").unlink()
    assert watched(made, "b").frames == FRAMES - 5


def test_broken_footage_is_named_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, video = write_frames(tmp_path / "b"), write_video(tmp_path / "c.mp4")
    (tmp_path / "a.mp4").write_bytes(b"no video")
    (folder / "20.png").write_bytes(b"no picture")
    made = settings(tmp_path / "a.mp4", folder, video, out=tmp_path)
    found = watched(made)
    assert list(found.found) == ["c"]
    assert list(found.broken) == ["a", "b"]
    told = capsys.readouterr().err.splitlines()
    assert [line.startswith("vadlit: ") for line in told] == [True, True]
    assert "a.mp4" in told[0]
    assert "20.png" in told[1]
    assert [file.name for file in (tmp_path / "out" / "scores").iterdir()] == ["c.csv"]


def alarmed(out: Path) -> list[str]:
    with (out / "out" / "alarms.csv").open() as file:
        return [row["source"] for row in csv.DictReader(file)]


def test_what_was_found_stays_and_is_not_shown_as_of_now(tmp_path: Path) -> None:
    video, kept = write_video(tmp_path / "a.mp4"), tmp_path / "kept.mp4"
    made = settings(video, write_video(tmp_path / "c.mp4"), out=tmp_path)
    first = watched(made)
    before = table(tmp_path, "a")
    video.rename(kept)
    video.write_bytes(b"no video")
    assert list(watched(made).found) == alarmed(tmp_path) == ["c"]
    assert table(tmp_path, "a") == before
    record = json.loads((tmp_path / "out" / "detect.json").read_text())
    assert "a.mp4 cannot be read" in record["broken"]["a"]
    # Nothing is done again once it is there as it was.
    kept.replace(video)
    again = watched(made)
    assert (again.frames, again.found) == (0, first.found)
    assert alarmed(tmp_path) == ["a", "c"]
    assert json.loads((tmp_path / "out" / "detect.json").read_text())["broken"] == {}


def test_a_mistake_in_a_setting_takes_nothing_away(tmp_path: Path) -> None:
    made = settings(write_video(tmp_path / "a.mp4"), out=tmp_path)
    first = watched(made)
    alarm = {
        "_target_": "vadlit.scoring.alarm.Alarm",
        **{"keep": 2.0, "minimum": 0.0, "cool_down": 0.0, "settle": 0.0},
    }
    with pytest.raises(UserError, match="The alarm's keep is 2"):
        watched(replace(made, adjusted={"alarm": alarm}))
    assert "a" in watched(replace(made, roi=(0.0, 0.0, 9999.0, 9999.0))).broken
    again = watched(made)
    assert (again.frames, again.found) == (0, first.found)


def test_a_table_that_could_not_be_recorded_is_not_taken_for_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings(write_video(tmp_path / "a.mp4"), out=tmp_path)
    first = watched(made)
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        patched.setattr(Record, "write", full)
        with pytest.raises(UserError, match="No space left"):
            watched(replace(made, adjusted={"level": 0.0}))
    again = watched(made)
    assert (again.frames, again.found) == (first.frames, first.found)
    assert {row["level"] for row in table(tmp_path, "a")} == {"-30"}


def test_alarms_of_other_footage_stay(tmp_path: Path) -> None:
    first, second = (write_video(tmp_path / name) for name in ("b.mp4", "a.mp4"))
    watched(settings(first, out=tmp_path))
    assert list(watched(settings(second, out=tmp_path)).found) == ["a"]
    assert alarmed(tmp_path) == ["a", "b"]


def test_a_second_process_is_kept_out(tmp_path: Path) -> None:
    made = settings(write_video(tmp_path / "a.mp4"), out=tmp_path)
    watched(made)
    with (
        claimed(made.out / ".lock", "x"),
        pytest.raises(UserError, match=r"out is .*, which is being written by another process"),
    ):
        watched(made)


def test_too_short_footage_is_broken(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "a")
    for number in range(4, FRAMES):
        (folder / f"{number}.png").unlink()
    found = watched(settings(folder, out=tmp_path))
    assert "allowed are 5 frames or more" in found.broken["a"]


def test_seconds_end_it(tmp_path: Path) -> None:
    made = settings(write_frames(tmp_path / "a"), out=tmp_path)
    assert watched(replace(made, seconds=1.0)).frames == 10 - 4


def test_a_region_is_cut_out_as_in_training(tmp_path: Path) -> None:
    """Where the restless pictures are grey in the region, nothing is seen."""
    footage = write_frames(tmp_path / "a", size=(64, 64))
    made, detector = settings(footage, out=tmp_path), copying()
    detector.framing = Framing((Region((64, 64), Roi(0, 32, 64, 32)),))
    found = detect(detector, "a", made).found["a"]
    assert found["roi"] == [0, 32, 64, 32]
    detector.framing = Framing((Region((100, 100), Roi(0, 32, 64, 32)),))
    assert "trained on roi=[0,32,64,32]" in detect(detector, "b", made).broken["a"]
    stated = replace(made, roi=(0.5, 0.0, 0.5, 1.0))
    assert detect(detector, "b", stated).found["a"]["roi"] == [32, 0, 32, 64]
    assert detect(detector, "b", replace(made, roi=None)).found["a"]["roi"] == [0, 0, 64, 64]


def test_footage_is_resampled_as_in_training(tmp_path: Path) -> None:
    made, detector = settings(write_video(tmp_path / "a.mp4"), out=tmp_path), copying()
    detector.framing = Framing((), 5.0, 5.0)
    assert detect(detector, "a", made).frames == FRAMES // 2 - 4
    assert detect(detector, "a", replace(made, rate=None)).frames == FRAMES - 4


def test_another_frame_rate_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, detector = settings(write_video(tmp_path / "a.mp4"), out=tmp_path), copying()
    detector.framing = Framing(frame_rate=10.5)
    detect(detector, "a", made)
    assert capsys.readouterr().err == ""
    detector.framing = Framing(frame_rate=30.0)
    detect(detector, "b", made)
    assert "has 10 frames a second, the detector was trained on 30" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    made = settings(write_frames(tmp_path / "a"), out=tmp_path)
    with pytest.raises(UserError, match=r"out is .*out, which cannot be written"):
        watched(made)


def test_a_foreign_record_is_told(tmp_path: Path) -> None:
    made = settings(write_frames(tmp_path / "a"), out=tmp_path)
    for text in ("{", '{"a": 1}', "[]"):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / "detect.json").write_text(text)
        with pytest.raises(UserError, match=r"detect\.json is not a record of vadlit detect"):
            watched(made)


def test_what_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.mp4").write_bytes(b"no video")
    made = settings(write_frames(tmp_path / "a"), tmp_path / "c.mp4", out=tmp_path)
    found = watched(made)
    lines = report(found, made.out).splitlines()
    assert lines[0].split()[:2] == ["footage", "frames"]
    assert lines[1].split()[:5] == ["a", "26", "2.9", "7", "1"]
    assert lines[3].startswith("a: alarm from 1.2 to 1.8 s, highest -7.")
    assert "26 frames in" in lines[-1]
    assert lines[-1].endswith("broken: c")
    told = plain(found, made.out)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert [file["name"] for file in told["files"]] == ["a"]
    assert list(told["broken"]) == ["c"]
    assert "all was there already; broken: c" in report(watched(made), made.out)
    nothing = settings(tmp_path / "c.mp4", out=tmp_path)
    assert "nothing was watched; broken: c" in report(watched(nothing), made.out)


def test_long_lists_of_alarms_are_cut(tmp_path: Path) -> None:
    alarm = {"start": 1.0, "end": 2.0, "peak": 3.0, "peak_seconds": 1.5}
    found = {
        "a": {"frames": 9, "seconds": 9.0, "flagged": 3, "peak": 3.0, "level": None}
        | {"alarms": [alarm] * 25}
    }
    lines = report(Detection(found, {}, 9, 1.0), tmp_path).splitlines()
    assert lines[-3] == "and 5 more"
    assert sum(line.startswith("a: alarm") for line in lines) == 20


def test_frames_at_another_rate_are_watched_again(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "a")
    made = settings(folder, out=tmp_path)
    watched(made)
    (folder / "labels.json").write_text('{"frame_rate": 20}')
    assert watched(made).frames == FRAMES - 4
    assert float(table(tmp_path, "a")[0]["seconds"]) == pytest.approx(4 / 20)
