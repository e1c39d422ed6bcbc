"""Build an event in the store, and compare with what would be computed."""

from collections.abc import Sequence
from pathlib import Path

import torch

from tests.data.footage import SIZE, MeanEncoder
from vadlit.data.events import Event
from vadlit.data.store import Store, StoredEvent
from vadlit.video.resize import resize

COUNT = 40
TAPS = ("fine", "coarse")
FILES = {"frames.npy", "mean-fine.npy", "mean-coarse.npy"}


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
