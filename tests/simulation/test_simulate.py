"""A data set of videos and labels: whole, repeatable, resumable."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.simulation.conftest import settings
from vadlit.claim import LOCK, writing_alone
from vadlit.data.folder import Folder
from vadlit.data.labels import read_labels
from vadlit.errors import UserError
from vadlit.simulation.settings import Settings
from vadlit.simulation.simulate import simulate
from vadlit.video.file import VideoFile

EVENTS = (
    "events=[{split: train, name: a, seconds: 2}, {split: val, name: b, seconds: 2},"
    " {split: test, name: c, seconds: 30, anomaly: [fallen]},"
    " {split: test, name: d, seconds: 4, bait: [lamp_switched]}]"
)


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    return replace(settings(EVENTS), out=tmp_path / "can")


def test_a_data_set_is_written_as_it_is_read(small: Settings, tmp_path: Path) -> None:
    videos = simulate(small)
    names = [str(video.relative_to(small.out)) for video in videos]
    assert names == ["train/a.mp4", "val/b.mp4", "test/c.mp4", "test/d.mp4"]
    splits = Folder(
        root=str(small.out), size=[32, 32], sequences=4, batch_size=2, cache=True,
        cache_dir=str(tmp_path / "cache"), seed=0,
    ).read()  # fmt: skip
    assert [len(event.frames) for event in splits.train + splits.val] == [10, 10]
    fallen, switched = splits.test
    assert len(fallen.anomalous) == 1
    assert [kind for *_, kind in switched.bait] == ["lamp_switched"]


def test_labels_are_those_of_the_frames(small: Settings) -> None:
    video = simulate(small)[2]
    chosen = settings(EVENTS)
    shots = list(chosen.studio().film(chosen.plans[2]))
    labels = read_labels(video.with_suffix(".json"), len(shots))
    assert labels.frame_rate == 5
    labelled = np.zeros(len(shots), bool)
    for first, last in labels.anomalous:
        labelled[first : last + 1] = True
    assert labelled.tolist() == [shot.anomalous for shot in shots]
    decoded = next(iter(VideoFile(video)))
    assert np.abs(decoded.astype(float) - shots[0].image).mean() < 6  # of 255: compression


def test_what_is_there_is_kept_and_what_is_missing_made(small: Settings) -> None:
    videos = simulate(small)
    before = {video: (video.read_bytes(), video.stat().st_mtime_ns) for video in videos}
    videos[0].unlink()
    simulate(small)
    assert videos[0].read_bytes() == before[videos[0]][0]
    assert videos[1].stat().st_mtime_ns == before[videos[1]][1]
    assert sorted(path.name for path in small.out.iterdir()) == [
        LOCK, "simulated.json", "test", "train", "val",
    ]  # fmt: skip


def test_a_killed_event_leaves_nothing_half(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("vadlit.simulation.simulate.write_labels", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            simulate(small)
    assert not list(small.out.rglob("train/*"))
    assert all(video.is_file() for video in simulate(small))


def test_a_persons_own_videos_are_left_alone(small: Settings) -> None:
    own = small.out / "train" / "a.mp4"
    own.parent.mkdir(parents=True)
    own.write_text("a holiday")
    with pytest.raises(UserError, match=rf"^out is {small.out}, which holds something else"):
        simulate(small)
    assert [path for path in small.out.rglob("*") if path.is_file()] == [own]
    assert own.read_text() == "a holiday"


def test_two_at_once_are_refused(small: Settings) -> None:
    refused = f"^out is {small.out}, which is being written by another process"
    with writing_alone(small.out), pytest.raises(UserError, match=refused):
        simulate(small)


def test_a_folder_of_other_settings_is_refused(small: Settings) -> None:
    simulate(small)
    other = settings(EVENTS, "seed=7")
    with pytest.raises(UserError, match=r"holds events of another .*seed"):
        simulate(replace(other, out=small.out))


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("size=[63,64]", "even numbers"),
        ("size=64", "size is 64"),
        ("seed=-1", "seed is -1"),
        ("rate=0", "rate is 0"),
        ("seconds=0", "seconds is 0"),
        ("anomaly=[melted]", "melted; the can line has post_it"),
        ("bait=[rain]", "rain; the can line has"),
        ("camera.noise=-1", "camera.noise is -1"),
        ("camera=null", "camera is None; allowed are exposure, drift"),
        ("+camera.zoom=1", "camera is .*zoom.*; allowed are exposure"),
        ("~camera.noise", "camera is .*; allowed are exposure, .*noise"),
        ("surroundings=null", "surroundings is None; allowed are passers, daylight"),
        ("events=null", "events is None; allowed is a list"),
        ("line.gap=0", "line.gap is 0"),
        ("out=null", "out is None"),
    ],
)
def test_mistakes_are_sentences(override: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        settings(override)


def test_one_event_of_ones_own() -> None:
    chosen = settings("anomaly=[fallen]", "bait=[lamp_off]", "seconds=3")
    assert [(p.name, p.seconds, p.anomaly, p.bait) for p in chosen.plans] == [
        ("fallen-lamp_off", 3.0, ("fallen",), ("lamp_off",))
    ]


def test_the_settings_are_written_beside_the_events(small: Settings) -> None:
    simulate(small)
    stated = json.loads((small.out / "simulated.json").read_text())
    assert stated["seed"] == 0
    assert list(stated["events"]) == ["train/a", "val/b", "test/c", "test/d"]
    assert stated["events"]["test/c"] == {"seconds": 30, "anomaly": ["fallen"], "bait": []}


@pytest.mark.parametrize(
    ("stated", "other"), [("seconds: 4", "seconds: 5"), ("[lamp_switched]", "[shadow]")]
)
def test_an_event_that_is_another_one_now_is_refused(
    small: Settings, stated: str, other: str
) -> None:
    simulate(small)
    changed = replace(settings(EVENTS.replace(stated, other)), out=small.out)
    with pytest.raises(UserError, match=r"holds test/d with .*; allowed is an empty folder"):
        simulate(changed)
