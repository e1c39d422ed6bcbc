import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.preparation.conftest import Make
from tests.preparation.footage import (
    RATE,
    number_of,
    numbered,
    scene,
    write_folder,
    write_video,
)
from vadlit.claim import LOCK, writing_alone
from vadlit.data.folder import find_events, read_event
from vadlit.errors import UserError
from vadlit.preparation import frames, write
from vadlit.preparation.prepare import prepare
from vadlit.preparation.report import report
from vadlit.video.frame import Frame


def numbers(folder: Path) -> list[int]:
    """The source's frame number of each frame of an event."""
    return [number_of(np.asarray(Image.open(f))) for f in sorted(folder.glob("*.jpg"))]


def tree(out: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in out.rglob("*") if path.is_file() and path.name != LOCK)
    return {str(f.relative_to(out)): (f.stat().st_mtime_ns, f.read_bytes()) for f in files}


def contents(out: Path) -> dict[str, bytes]:
    return {name: content for name, (_, content) in tree(out).items()}


def label(file: Path, *ranges: tuple[int, int]) -> None:
    file.write_text(json.dumps({"anomalous": ranges}))


def test_one_normal_video(line: Path, settings: Make) -> None:
    made = prepare(settings(line))
    out = made.out
    assert numbers(out / "train" / "line-000000") == [*range(65)]
    assert numbers(out / "val" / "line-000075") == [*range(75, 100)]
    assert sorted(path.name for path in out.iterdir()) == [
        LOCK,
        "prepared.json",
        "roi.png",
        "train",
        "val",
    ]
    record = json.loads((out / "prepared.json").read_text())
    assert record["events"]["val/line-000075"]["source_frames"] == [75, 99]
    assert record["events"]["val/line-000075"]["source"] == str(line)
    assert [warning[:10] for warning in made.warnings[:2]] == ["train has ", "val has 2 "]


def test_a_labelled_video_makes_three_splits(line: Path, settings: Make, tmp_path: Path) -> None:
    label(line.with_suffix(".json"), (10, 12), (50, 57))
    out = prepare(settings(line)).out
    (train, *_), (test,) = find_events(out / "train"), find_events(out / "test")
    event = read_event(test, tmp_path)
    shown = np.array(numbers(test))
    assert len(shown) == 40
    assert set(shown[event.labels()]) == {*range(50, 58)}
    normal = [numbers(e) for split in ("train", "val") for e in find_events(out / split)]
    seen = {number for each in normal for number in each}
    assert not seen & ({*range(5, 18)} | {*range(shown[0] - 10, shown[-1] + 11)})
    assert numbers(train) == [*range(5)]


def test_several_sources_and_whole_tests(settings: Make, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "normal" / "mon", [numbered(n) for n in range(60)])
    write_video(tmp_path / "normal" / "tue.mp4", [numbered(n) for n in range(100)])
    fault = write_video(tmp_path / "fault.mp4", [numbered(n) for n in range(20)])
    (tmp_path / "f.csv").write_text("start,end\n0.5,0.9\n")
    chosen = settings(folder.parent, test=(fault,), labels=(tmp_path / "f.csv",))
    out = prepare(chosen).out
    assert [e.name for e in find_events(out / "train")] == ["mon-000000", "tue-000000"]
    assert numbers(out / "test" / "fault") == [*range(20)]
    assert read_event(out / "test" / "fault", tmp_path).anomalous == ((5, 9),)


@pytest.mark.parametrize(("rate", "step"), [(5.0, 2), (20.0, 0.5)])
def test_another_rate_takes_the_labels_along(
    settings: Make, line: Path, tmp_path: Path, rate: float, step: float
) -> None:
    fault = write_video(tmp_path / "fault.mp4", [numbered(n) for n in range(40)])
    label(fault.with_suffix(".json"), (10, 19))
    out = prepare(settings(line, test=(fault,), rate=rate)).out
    event = read_event(out / "test" / "fault", tmp_path)
    shown = np.array(numbers(out / "test" / "fault"))
    np.testing.assert_allclose(shown, np.arange(len(shown)) * step, atol=0.5)
    assert set(shown[event.labels()]) == {int(n) for n in shown if 10 <= n <= 19}
    stated = json.loads((out / "test" / "fault" / "labels.json").read_text())
    assert stated["frame_rate"] == rate


def test_roi_and_size(settings: Make, line: Path) -> None:
    out = prepare(settings(line, roi=(0.5, 0.0, 0.5, 1.0), size=(64, 32))).out
    image = np.asarray(Image.open(out / "train" / "line-000000" / "000032.jpg"))
    assert image.shape == (64, 32, 3)
    # The right half of frame 32, binary 100000: of the bits 4 to 7 only bit 5 is white.
    assert [level > 127 for level in image.mean((0, 2)).reshape(4, 8).mean(1)] == [0, 1, 0, 0]


def test_auto_roi_is_found_once_and_recorded(settings: Make, tmp_path: Path) -> None:
    line = write_video(tmp_path / "line.mp4", [scene(n) for n in range(80)])
    chosen = settings(line, roi="auto")
    made = prepare(chosen)
    roi = made.events[0].roi
    assert 20 < roi.x <= 42
    assert roi.x + roi.width >= 88
    assert f"roi={roi} " in "\n".join(report(made, chosen))
    again = prepare(chosen)
    assert again.events[0].roi == roi
    assert again.written == ()


def test_run_twice_it_does_nothing(settings: Make, line: Path) -> None:
    first = prepare(settings(line))
    before = tree(first.out)
    again = prepare(settings(line))
    assert tree(again.out) == before
    assert again.written == ()
    assert again.warnings == first.warnings
    assert report(again, settings(line))[-1].startswith(f"{again.out}: all was there already")


def test_two_at_once_are_refused(settings: Make, line: Path) -> None:
    chosen = settings(line)
    refused = f"^out is {chosen.out}, which is being written by another process"
    with writing_alone(chosen.out), pytest.raises(UserError, match=refused):
        prepare(chosen)
    assert len(prepare(chosen).written) == 2  # the lock alone is no data set of others


def test_what_another_process_has_just_made_is_not_made_again(
    settings: Make, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(line)

    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        prepare(chosen)

    monkeypatch.setattr("vadlit.preparation.prepare.require_room", meanwhile)
    assert prepare(chosen).written == ()


def test_interrupted_it_resumes(
    settings: Make, line: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(line)
    whole = contents(prepare(replace(chosen, out=tmp_path / "whole")).out)
    encode, calls = frames.jpeg, 0

    def tired(*arguments: object) -> bytes:
        nonlocal calls
        calls += 1
        if calls > 80:
            raise KeyboardInterrupt
        return encode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(write, "jpeg", tired)
    with pytest.raises(KeyboardInterrupt):
        prepare(chosen)
    assert (chosen.out / "train" / "line-000000").is_dir()
    assert not (chosen.out / "val").exists()
    begun = next(chosen.out.glob(".part/*/000002.jpg"))
    begun.write_bytes(begun.read_bytes()[:100])  # what a power cut leaves

    calls = -1000
    made = prepare(chosen)
    assert [event.key for event in made.written] == ["val/line-000075"]
    assert calls < -1000 + 25
    assert contents(made.out) == whole


def test_tests_may_be_added_and_relabelled(settings: Make, line: Path, tmp_path: Path) -> None:
    before = tree(prepare(settings(line)).out)
    fault = write_video(tmp_path / "fault.mp4", [numbered(n) for n in range(20)])
    label(fault.with_suffix(".json"), (3, 5))
    made = prepare(settings(line, test=(fault,)))
    assert [event.key for event in made.written] == ["test/fault"]
    kept = tree(made.out)
    assert all(kept[name] == before[name] for name in before if name.endswith(".jpg"))
    label(fault.with_suffix(".json"), (3, 7))
    again = prepare(settings(line, test=(fault,)))
    assert [event.key for event in again.relabelled] == ["test/fault"]
    assert again.written == ()
    assert read_event(again.out / "test" / "fault", tmp_path).anomalous == ((3, 7),)


def test_another_way_is_refused(settings: Make, line: Path, tmp_path: Path) -> None:
    before = tree(prepare(settings(line)).out)
    with pytest.raises(UserError, match=r"train/line-000000 has quality 95 and not 80"):
        prepare(settings(line, quality=80))
    other = write_video(tmp_path / "other.mp4", [numbered(n) for n in range(60)])
    with pytest.raises(UserError, match="holds train/line-000000 of other footage"):
        prepare(settings(other))
    assert tree(tmp_path / "out") == before


def test_a_full_disk(settings: Make, line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "jpeg", full)
    with pytest.raises(UserError, match="cannot be written: No space left on device; make room"):
        prepare(settings(line))


def test_too_little_room_is_seen_before_anything_is_written(
    settings: Make, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 40_000))
    with pytest.raises(UserError, match=r"needs about 0\.4 MB and .*out has 0\.0 MB free"):
        prepare(settings(line))
    assert not settings(line).out.exists()


def test_footage_that_breaks_off(
    settings: Make, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = 80

    def short(self: object) -> Iterator[Frame]:
        return (Frame(n, n / RATE, numbered(n)) for n in range(frames))

    monkeypatch.setattr("vadlit.video.file.VideoFile.frames", short)
    made = prepare(settings(line))
    assert numbers(made.out / "val" / "line-000075") == [*range(75, 80)]
    told = "line: 20 of 100 frames do not decode; frame numbers count the frames that decode, so "
    assert made.warnings[-1].startswith(told)
    assert any(
        told.startswith("val   1 event, 5 frames, ") for told in report(made, settings(line))
    )
    again = prepare(settings(line))
    assert again.written == ()
    assert report(again, settings(line))[:-1] == report(made, settings(line))[:-1]
    frames = 70
    with pytest.raises(UserError, match=r"breaks off: val/line-000075 gets 0 frames"):
        prepare(settings(line, out=made.out.with_name("other")))


def test_frames_that_a_decoder_drops_behind_the_last_event_are_told_too(
    settings: Make, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    label(line.with_suffix(".json"), (90, 97))
    whole = prepare(settings(line, out=line.with_name("whole")))
    last = max(int(event.picks[-1]) for event in whole.events)
    assert not [warning for warning in whole.warnings if "decode" in warning]

    def short(self: object) -> Iterator[Frame]:
        return (Frame(n, n / RATE, numbered(n)) for n in range(last + 1))

    monkeypatch.setattr("vadlit.video.file.VideoFile.frames", short)
    made = prepare(settings(line))
    assert f"line: {99 - last} of 100 frames do not decode" in "\n".join(made.warnings)


def test_footage_too_short_for_an_event_is_told(settings: Make, line: Path, tmp_path: Path) -> None:
    short = write_video(tmp_path / "short.mp4", [numbered(n) for n in range(4)])
    made = prepare(settings((short, line)))
    assert {event.source.name for event in made.events} == {"line"}
    told = [warning for warning in made.warnings if warning.startswith("short: ")]
    assert told == [
        "short: it is too short and gives no event; record more, or set split.gap, split.margin "
        "or rate."
    ]
    assert prepare(settings((short, line))).warnings == made.warnings


def test_within_the_footage_it_does_nothing_the_second_time(settings: Make, line: Path) -> None:
    chosen = settings(line.parent, out=line.parent / "set")
    assert len(prepare(chosen).written) == 2
    again = prepare(chosen)
    assert [source.path for source in again.sources] == [line]
    assert again.written == ()


@pytest.mark.parametrize("seconds", [0.4, 1.0])
def test_too_short(settings: Make, tmp_path: Path, seconds: float) -> None:
    frames = [numbered(n) for n in range(round(RATE * seconds))]
    line = write_video(tmp_path / "line.mp4", frames)
    with pytest.raises(UserError, match=r"too short: (train|val) gets \d frames in a row"):
        prepare(settings(line))
    assert not settings(line).out.exists()
