"""A store whose files are damaged, whose disk is full, and whose builders are stopped or many."""

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest
from torch import Tensor

from tests.data.disk import room_for_files_of
from tests.data.footage import SIZE, MeanEncoder, make_event
from tests.data.stored import COUNT, FILES, TAPS, assert_right, build, names
from vadlit.data.events import Event
from vadlit.data.store import Store
from vadlit.errors import UserError
from vadlit.video.resize import resize

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def event(tmp_path: Path) -> Event:
    return make_event(tmp_path / "footage", "walk", COUNT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "new" / "cache"


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
        "one byte more": whole + b"\0",
    }
    if how == "other rows":
        np.save(file, np.load(file)[:-1])
    elif how == "other numbers":
        np.save(file, np.load(file).astype(np.float64))
    elif how == "objects":
        np.save(file, np.array([None] * COUNT), allow_pickle=True)
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
        "one byte more",
        "other numbers",
        "objects",
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


def test_what_does_not_fit_is_refused_before_it_is_begun(root: Path, event: Event) -> None:
    store = Store(root, SIZE, MeanEncoder())
    # Of each frame: 3 x 32 x 64 bytes, and features of two bytes on 4 x 8 and 1 x 2 cells.
    needed = COUNT * (3 * 32 * 64 + 2 * 3 * (4 * 8 + 1 * 2))
    with patch("vadlit.data.store.free_bytes", return_value=needed):
        store.require_room([event], TAPS)
    with (
        patch("vadlit.data.store.free_bytes", return_value=needed - 1),
        pytest.raises(UserError, match=r"The cache needs 0\.3 MB and .* has 0\.3 MB free; "),
    ):
        store.require_room([event], TAPS)
    without, alone = MeanEncoder(), COUNT * 3 * 32 * 64
    with patch("vadlit.data.store.free_bytes", return_value=alone):
        Store(root, SIZE, without).require_room([event], ())
    assert not without.asked
    build(root, event, MeanEncoder())
    with patch("vadlit.data.store.free_bytes", return_value=0):
        store.require_room([event], TAPS)
