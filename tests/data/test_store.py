import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.data.footage import SIZE, MeanEncoder, make_event, make_video
from tests.data.stored import COUNT, FILES, TAPS, assert_right, build, ignore, names
from vadlit.data.events import Event
from vadlit.data.frames import Counted
from vadlit.data.store import Store
from vadlit.errors import UserError
from vadlit.models.encoder import Encoder
from vadlit.video.file import VideoFile
from vadlit.video.folder import FrameFolder

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def event(tmp_path: Path) -> Event:
    return make_event(tmp_path / "footage", "walk", COUNT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "new" / "cache"


def test_what_is_stored_is_what_would_be_computed(root: Path, event: Event) -> None:
    stored = build(root, event, MeanEncoder())
    assert len(stored) == COUNT
    assert_right(stored, event)
    assert names(root) == FILES


def test_features_of_the_real_encoder_are_stored_to_half_precision(
    root: Path, event: Event
) -> None:
    encoder, taps = Encoder(), ("layer2", "layer4")
    stored = Store(root, SIZE, encoder).open(event, taps, ignore)
    for number in (0, 17, COUNT - 1):
        alone = encoder.encode(stored.array("frames")[number : number + 1], taps)
        for tap in taps:
            # Half precision rounds by up to 2^-11 of a value.
            torch.testing.assert_close(
                stored.array(tap)[number].float(), alone[tap][0], rtol=2**-10, atol=1e-4
            )


def test_each_frame_is_encoded_once(root: Path, event: Event) -> None:
    encoder = MeanEncoder()
    for _ in range(2):
        assert_right(build(root, event, encoder), event)
    assert encoder.encoded == COUNT


def test_no_taps_encode_nothing(root: Path, event: Event) -> None:
    encoder = MeanEncoder()
    assert set(build(root, event, encoder, ()).arrays) == {"frames"}
    assert encoder.encoded == 0


def test_another_tap_is_added_to_what_is_there(root: Path, event: Event) -> None:
    encoder = MeanEncoder()
    build(root, event, encoder, ["fine"])
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.npy")}
    encoder.asked.clear()
    assert_right(build(root, event, encoder), event)
    assert set(encoder.asked) == {("coarse",)}
    assert {path: path.stat().st_mtime_ns for path in before} == before


def touch(event: Event) -> Event:
    """Change when a frame was changed last."""
    os.utime(event.frames.files[3], ns=(0, 0))
    return event


def lengthen(event: Event) -> Event:
    """Change the size of a frame's file, but not when it was changed."""
    file = event.frames.files[3]
    stat = file.stat()
    file.write_bytes(file.read_bytes() + b"\0")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return event


def move(event: Event) -> Event:
    folder = event.frames.files[0].parent
    moved = folder.rename(folder.with_name("elsewhere"))
    return Event(event.name, FrameFolder.open(moved))


@pytest.mark.parametrize(
    "change", [touch, lengthen, move, lambda event: event.shortened(20)], ids=lambda f: f.__name__
)
def test_other_footage_is_stored_apart(
    root: Path, event: Event, change: Callable[[Event], Event]
) -> None:
    encoder = MeanEncoder()
    build(root, event, encoder)
    changed = change(event)
    assert_right(build(root, changed, encoder), changed)
    assert encoder.encoded == COUNT + len(changed.frames)
    assert len(list(root.iterdir())) == 2


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this system does not list open files there")
def test_an_open_event_holds_no_file_open(root: Path, event: Event) -> None:
    """A data set may have more events than a process may have files open."""
    before = len(list(OPEN_FILES.iterdir()))
    kept = [build(root, event, MeanEncoder()) for _ in range(3)]
    assert len(list(OPEN_FILES.iterdir())) == before
    assert_right(kept[0], event)


def test_a_video_is_stored_as_it_decodes(root: Path, tmp_path: Path) -> None:
    video = VideoFile(make_video(tmp_path, "clip", COUNT))
    whole = Event("clip", Counted(video, COUNT))
    assert_right(build(root, whole, MeanEncoder()), whole)
    short = whole.shortened(20)
    assert_right(build(root, short, MeanEncoder()), short)
    encoder = MeanEncoder()
    plain = Event("clip", video)
    assert_right(build(root, plain, encoder), plain)
    assert encoder.encoded == 0
    assert len(list(root.iterdir())) == 2


def test_another_size_is_stored_apart(root: Path, event: Event) -> None:
    first = build(root, event, MeanEncoder())
    second = Store(root, (64, 32), MeanEncoder()).open(event, TAPS, ignore)
    assert second.array("frames").shape == (COUNT, 3, 64, 32)
    assert_right(first, event)
    assert_right(build(root, event, MeanEncoder()), event)


def test_other_weights_are_stored_apart_and_share_the_frames(root: Path, event: Event) -> None:
    build(root, event, MeanEncoder())
    encoder = MeanEncoder("other")
    assert_right(build(root, event, encoder), event)
    assert encoder.encoded == COUNT
    assert names(root) == FILES | {"other-fine.npy", "other-coarse.npy"}


def test_changing_what_was_opened_leaves_the_store_alone(root: Path, event: Event) -> None:
    stored = build(root, event, MeanEncoder())
    for name in stored.arrays:
        stored.array(name).zero_()
    assert_right(build(root, event, MeanEncoder()), event)


@pytest.mark.parametrize("cached", [(), ("frames",), ("frames", "fine"), ("frames", *TAPS)])
def test_progress_reaches_the_total_whatever_is_there(
    root: Path, event: Event, cached: tuple[str, ...]
) -> None:
    if cached:
        build(root, event, MeanEncoder(), cached[1:])
    steps: list[int] = []
    Store(root, SIZE, MeanEncoder()).open(event, TAPS, steps.append)
    assert sum(steps) == COUNT * 3
    assert all(step >= 0 for step in steps)
    made = 3 - len(cached)
    assert sum(step for step in steps if step < COUNT) == COUNT * made  # in small steps


def test_footage_that_ends_before_it_was_counted_to_leaves_nothing_half(
    root: Path, event: Event
) -> None:
    longer = replace(event, frames=Counted(event.frames, COUNT + 1))
    with pytest.raises(UserError, match=f"gives {COUNT} frames where {COUNT + 1} were counted"):
        build(root, longer, MeanEncoder())
    assert not names(root)
