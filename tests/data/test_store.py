import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from tests.data.disk import room_for_files_of
from tests.data.footage import SIZE, MeanEncoder, make_event
from vadlit.data.events import Event
from vadlit.data.store import Store, StoredEvent
from vadlit.errors import UserError
from vadlit.models.encoder import Encoder
from vadlit.video.resize import resize

COUNT = 40
TAPS = ("fine", "coarse")
FILES = {"frames.npy", "mean-fine.npy", "mean-coarse.npy"}
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def event(tmp_path: Path) -> Event:
    return make_event(tmp_path / "footage", "walk", COUNT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "new" / "cache"


def ignore(_: int) -> None:
    """Show no progress."""


def build(
    root: Path, event: Event, encoder: MeanEncoder, taps: Sequence[str] = TAPS
) -> StoredEvent:
    return Store(root, SIZE, encoder).open(event, taps, ignore)


def names(root: Path) -> set[str]:
    """The names of all files of a cache, but for the locks."""
    return {path.name for path in root.rglob("*") if path.is_file()} - {"lock"}


def assert_right(stored: StoredEvent, event: Event) -> None:
    """Compare with frames read and features computed now."""
    frames = torch.stack([resize(frame, SIZE) for frame in event.frames])
    expected = {"frames": frames}
    for tap, features in MeanEncoder().encode(frames, TAPS).items():
        expected[tap] = features.half()
    assert stored.event is event
    assert set(stored.arrays) == set(expected)
    for name, array in expected.items():
        assert stored.array(name).dtype == array.dtype
        assert torch.equal(stored.array(name), array), name


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
    return Event(event.name, type(event.frames).open(moved))


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


def damage(file: Path, how: str) -> None:
    whole = file.read_bytes()
    header = whole.index(b"\n") + 1
    content = {
        "empty": b"",
        "header alone": whole[:header],
        "half a header": whole[: header // 2],
        "one byte short": whole[:-1],
        "zeros": bytes(len(whole)),
        "zeros behind the magic": whole[:8] + bytes(len(whole) - 8),
        "text": b"no array\n" * 1000,
        "open bracket": whole[:10] + b"{(" + whole[12:],
    }
    if how == "other rows":
        np.save(file, np.load(file)[:-1])
    elif how == "one number":
        np.save(file, np.array(7))
    else:
        file.write_bytes(content[how])


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize(
    "how",
    [
        "empty",
        "header alone",
        "half a header",
        "one byte short",
        "zeros",
        "zeros behind the magic",
        "text",
        "open bracket",
        "other rows",
        "one number",
    ],
)
def test_a_damaged_file_is_built_again(root: Path, event: Event, name: str, how: str) -> None:
    build(root, event, MeanEncoder())
    (file,) = root.rglob(name)
    damage(file, how)
    encoder = MeanEncoder()
    assert_right(build(root, event, encoder), event)
    assert encoder.encoded == (0 if name == "frames.npy" else COUNT)
    assert_right(build(root, event, MeanEncoder()), event)


@pytest.mark.parametrize("room", [1000, 100_000])
def test_a_full_disk_is_a_sentence_and_nothing_half_written_stays(
    root: Path, event: Event, room: int
) -> None:
    with room_for_files_of(room), pytest.raises(UserError, match=f"cache {root} .* make room"):
        build(root, event, MeanEncoder())
    assert names(root) == set()
    assert_right(build(root, event, MeanEncoder()), event)


def test_a_disk_that_fills_up_while_encoding_keeps_the_frames(root: Path, event: Event) -> None:
    build(root, event, MeanEncoder(), ())
    with room_for_files_of(1000), pytest.raises(UserError, match=f"cache {root} .* make room"):
        build(root, event, MeanEncoder())
    assert names(root) == {"frames.npy"}
    assert_right(build(root, event, MeanEncoder()), event)


def test_a_cache_that_is_a_file_is_named(tmp_path: Path, event: Event) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match=rf"cache {tmp_path / 'file'} .* data\.cache_dir"):
        build(tmp_path / "file", event, MeanEncoder())


def test_an_unreadable_frame_is_named_and_nothing_stays(root: Path, event: Event) -> None:
    event.frames.files[30].write_text("no picture")
    with pytest.raises(UserError, match=rf"{event.frames.files[30]} cannot be read"):
        build(root, event, MeanEncoder())
    assert names(root) == set()


def test_a_frame_that_has_gone_is_named(root: Path, event: Event) -> None:
    event.frames.files[30].unlink()
    with pytest.raises(UserError, match=rf"{event.frames.files[30]} cannot be read: No such file"):
        build(root, event, MeanEncoder())


class Stopped(MeanEncoder):
    """Is stopped in its second batch."""

    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        if self.encoded:
            raise KeyboardInterrupt
        return super().encode(frames, taps)


def test_a_build_that_is_stopped_leaves_what_is_whole(root: Path, event: Event) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(root, event, Stopped())
    assert names(root) == {"frames.npy"}
    assert_right(build(root, event, MeanEncoder()), event)


def test_what_a_dead_process_left_does_no_harm(root: Path, event: Event) -> None:
    build(root, event, MeanEncoder(), ())
    (folder,) = root.iterdir()
    (folder / "frames.npy").rename(folder / "frames.npy.part")
    (folder / "mean-fine.npy.part").write_bytes(b"left" * 100_000)
    assert_right(build(root, event, MeanEncoder()), event)
    assert names(root) == FILES


class Stalled(MeanEncoder):
    """Says that it has come to its second batch, and never ends it."""

    def __init__(self, reached: Signal) -> None:
        super().__init__()
        self.reached = reached

    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        if self.encoded:
            self.reached.set()
            time.sleep(60)
        return super().encode(frames, taps)


def build_and_stall(root: Path, event: Event, where: str, reached: Signal) -> None:
    """Stall in the second batch of features, or in the 20th frame."""
    read = 0

    def stalling(frame: npt.NDArray[np.uint8], size: tuple[int, int]) -> Tensor:
        nonlocal read
        read += 1
        if read == 20:
            reached.set()
            time.sleep(60)
        return resize(frame, size)

    with patch("vadlit.data.store.resize", stalling if where == "frames" else resize):
        build(root, event, Stalled(reached))


@pytest.mark.slow
@pytest.mark.parametrize(("where", "whole"), [("frames", set()), ("features", {"frames.npy"})])
def test_a_killed_build_leaves_nothing_half_read_and_the_next_succeeds(
    root: Path, event: Event, where: str, whole: set[str]
) -> None:
    reached = SPAWN.Event()
    process = SPAWN.Process(target=build_and_stall, args=(root, event, where, reached))
    process.start()
    assert reached.wait(60)
    process.kill()
    process.join()
    assert {name for name in names(root) if name.endswith(".npy")} == whole
    assert any(name.endswith(".part") for name in names(root))
    assert_right(build(root, event, MeanEncoder()), event)
    assert names(root) == FILES


class Slow(MeanEncoder):
    """Takes its time, so that two builders meet."""

    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        time.sleep(0.3)
        return super().encode(frames, taps)


def build_together(
    root: Path, event: Event, barrier: Barrier, encoded: "multiprocessing.Queue[int]"
) -> None:
    encoder = Slow()
    barrier.wait(60)
    assert_right(build(root, event, encoder), event)
    encoded.put(encoder.encoded)


@pytest.mark.slow
def test_two_builders_at_once_encode_each_frame_once(root: Path, event: Event) -> None:
    barrier, encoded = SPAWN.Barrier(2), SPAWN.Queue()
    arguments = (root, event, barrier, encoded)
    processes = [SPAWN.Process(target=build_together, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    assert sorted(encoded.get(timeout=90) for _ in processes) == [0, COUNT]
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert names(root) == FILES
