import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.data.footage import MeanEncoder, make_event
from tests.data.stored import TAPS, assert_right, build, ignore, names
from vadlit.data.cache import LOCK
from vadlit.data.evict import Entry, entries, remove, to_remove
from vadlit.data.store import Store


def entry(name: str, size: int, used: float) -> Entry:
    return Entry(Path(name), size, used)


@pytest.mark.parametrize(
    ("keep", "expected"),
    [(60, []), (59, ["a"]), (50, ["a"]), (49, ["a", "b"]), (30, ["a", "b"]), (0, ["a", "b", "c"])],
)
def test_the_longest_unused_go_until_little_enough_is_left(keep: int, expected: list[str]) -> None:
    held = [entry("a", 10, 1), entry("b", 20, 2), entry("c", 30, 3)]
    assert [each.folder.name for each in to_remove(held, keep)] == expected


def test_a_cache_is_listed_by_its_last_use(tmp_path: Path) -> None:
    root, encoder = tmp_path / "cache", MeanEncoder()
    events = [make_event(tmp_path, name, 6 + number) for number, name in enumerate("ab")]
    for event in events:
        build(root, event, encoder)
    older, newer = entries(root)
    for each, used in ((older, 2000), (newer, 1000)):
        os.utime(each.folder / LOCK, (used, used))
    assert [each.folder for each in entries(root)] == [newer.folder, older.folder]
    # Reading `b` again makes it the last used.
    build(root, events[1], encoder)
    assert [each.folder for each in entries(root)] == [older.folder, newer.folder]
    files = list(older.folder.glob("*.npy"))
    assert older.size == sum(len(file.read_bytes()) for file in files) > 6 * 3 * 32 * 64


def test_what_is_removed_is_built_again_and_what_reads_it_goes_on(tmp_path: Path) -> None:
    event, root = make_event(tmp_path, "walk", 8), tmp_path / "cache"
    stored = build(root, event, MeanEncoder())
    (only,) = entries(root)
    assert remove(only)
    assert entries(root) == []
    assert names(root) == set()
    assert_right(stored, event)
    encoder = MeanEncoder()
    assert_right(build(root, event, encoder), event)
    assert encoder.encoded > 0


def test_what_a_training_has_just_renamed_counts_for_nothing(tmp_path: Path) -> None:
    build(tmp_path, make_event(tmp_path, "walk", 8), MeanEncoder())
    (before,) = entries(tmp_path)
    (before.folder / "frames.npy.part").symlink_to("gone")
    assert entries(tmp_path) == [before]


def test_what_is_being_built_stays(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    build(root, make_event(tmp_path, "walk", 8), MeanEncoder())
    (only,) = entries(root)
    with FileLock(only.folder / LOCK):
        assert not remove(only)
    assert entries(root) == [only]


def test_strangers_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    for stranger in ("0" * 24, "holiday"):
        (tmp_path / stranger).mkdir()
        (tmp_path / stranger / "photo.npy").write_bytes(b"mine")
    (tmp_path / "counts").mkdir()
    assert entries(tmp_path) == []
    assert entries(tmp_path / "nowhere") == []


def test_the_remains_of_a_killed_build_count_and_go(tmp_path: Path) -> None:
    root, event = tmp_path / "cache", make_event(tmp_path, "walk", 8)
    Store(root, (32, 64), MeanEncoder()).open(event, TAPS, ignore)
    before = entries(root)[0]
    (before.folder / "frames.npy.part").write_bytes(bytes(1000))
    (after,) = entries(root)
    assert after.size == before.size + 1000
    assert remove(after)
    assert names(root) == set()
