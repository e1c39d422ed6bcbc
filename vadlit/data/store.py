"""Each frame once: decoded frames and encoder features in memory-mapped files.

One folder an event holds `frames.npy`, uint8 (N, 3, H, W), and one half-precision file a tap,
`ENCODER-TAP.npy`, (N, C, h, w). A file is whole or absent: it is written beside its place and
renamed, under a lock, so a killed build costs one event and two builders share the work. When the
lock was touched last is when the event was used last.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from filelock import FileLock
from torch import Tensor

from vadlit.data.cache import LOCK, key, writing_cache
from vadlit.data.events import Event
from vadlit.disk import as_text, free_bytes
from vadlit.errors import UserError
from vadlit.video.resize import resize

ENCODING_BATCH = 16
TYPES = {"|u1": torch.uint8, "<f2": torch.float16}

Row = dict[str, npt.NDArray[Any]]
Progress = Callable[[int], object]


class FrameEncoder(Protocol):
    """What turns frames into features; `identity` names its weights."""

    identity: str

    def encode(self, frames: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        """Encode uint8 frames (N, 3, H, W), each by itself, to (N, C, h, w) a tap."""


@dataclass(frozen=True)
class StoredEvent:
    """An event's frames and features, memory-mapped.

    Args:
        event: The footage and its labels.
        arrays: `frames` uint8 (N, 3, H, W) and half-precision (N, C, h, w) under a tap's name.
    """

    event: Event
    arrays: Mapping[str, Tensor]

    def __len__(self) -> int:
        return len(self.event.frames)

    def array(self, name: str) -> Tensor:
        """The frames, or the features of a tap."""
        return self.arrays[name]


class Store:
    """The folder that keeps frames and features.

    Keyed by footage (paths, sizes and times of change), its number of frames, their size, encoder
    weights and tap.

    Args:
        root: Where the files lie; made when missing.
        size: Height and width of the stored frames, pixels.
        encoder: Makes the features.
    """

    def __init__(self, root: Path, size: tuple[int, int], encoder: FrameEncoder) -> None:
        self.root = root
        self.size = size
        self.encoder = encoder

    def require_room(self, events: Sequence[Event], taps: Sequence[str]) -> None:
        """Refuse to begin what would fill the disk.

        Args:
            events: All that are about to be opened.
            taps: Encoder stages wanted beside the frames.

        Raises:
            UserError: What is missing of them takes more than is free.
        """
        missing = [
            (name, len(event.frames))
            for event in events
            for name, file in self._files(event, taps).items()
            if not file.exists()
        ]
        if not missing:
            return
        blank = torch.zeros(1, 3, *self.size, dtype=torch.uint8)
        features = self.encoder.encode(blank, taps) if taps else {}
        row = {"frames": blank.nbytes} | {tap: 2 * x.numel() for tap, x in features.items()}
        needed = sum(row[name] * count for name, count in missing)
        free = free_bytes(self.root)
        if needed > free:
            raise UserError(
                f"The cache needs {as_text(needed)} and {self.root} has {as_text(free)} free; "
                "make room (`vadlit cache`) or choose another place with data.cache_dir."
            )

    def open(self, event: Event, taps: Sequence[str], progress: Progress) -> StoredEvent:
        """Memory-map an event, building what is missing or damaged.

        Args:
            event: The footage.
            taps: Encoder stages wanted beside the frames.
            progress: Called with the number of frames that have just been written or found: in
                all the event's frames, once for the frames and once for each tap.

        Raises:
            UserError: A frame cannot be read, or the disk is full or refuses.
        """
        count = len(event.frames)
        files = self._files(event, taps)
        stored = {"frames": files.pop("frames")}
        folder = stored["frames"].parent
        with writing_cache(self.root):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / LOCK):
                os.utime(folder / LOCK)
                frames = _complete(
                    stored,
                    count,
                    lambda _: self._frames(event),
                    progress,
                )
                features = _complete(
                    files,
                    count,
                    lambda missing: self._features(frames["frames"], missing),
                    progress,
                )
        return StoredEvent(event, frames | features)

    def _files(self, event: Event, taps: Sequence[str]) -> dict[str, Path]:
        """Where the frames and the features of some taps are or will be."""
        folder = self.root / key(event.frames.files, len(event.frames), self.size)
        features = {tap: folder / f"{self.encoder.identity}-{tap}.npy" for tap in taps}
        return {"frames": folder / "frames.npy"} | features

    def _frames(self, event: Event) -> Iterator[Row]:
        return ({"frames": resize(frame, self.size).numpy()} for frame in event.frames)

    def _features(self, frames: Tensor, taps: Sequence[str]) -> Iterator[Row]:
        for start in range(0, len(frames), ENCODING_BATCH):
            encoded = self.encoder.encode(frames[start : start + ENCODING_BATCH], taps)
            halves = [encoded[tap].half().cpu().numpy() for tap in taps]
            yield from (dict(zip(taps, row, strict=True)) for row in zip(*halves, strict=True))


def _complete(
    files: Mapping[str, Path],
    count: int,
    build: Callable[[list[str]], Iterable[Row]],
    progress: Progress,
) -> dict[str, Tensor]:
    """Map arrays of `count` rows, building those that are missing or damaged."""
    arrays = _mapped(files, count)
    progress(count * len(arrays))
    missing = {name: file for name, file in files.items() if name not in arrays}
    if missing:
        _write(missing, count, build(list(missing)), progress)
        arrays |= _mapped(missing, count)
    assert arrays.keys() == files.keys()
    return arrays


def _mapped(files: Mapping[str, Path], count: int) -> dict[str, Tensor]:
    maps = {name: _map(file, count) for name, file in files.items()}
    return {name: array for name, array in maps.items() if array is not None}


def _map(file: Path, count: int) -> Tensor | None:
    """Map a file; None where it is missing, cut short or no array of `count` rows.

    By torch: a map of numpy's holds a file descriptor, of which a process has about a thousand.
    """
    try:
        with file.open("rb") as stream:
            np.lib.format.read_magic(stream)
            shape, _, row_type = np.lib.format.read_array_header_1_0(stream)
            start = stream.tell()
    except (FileNotFoundError, EOFError, ValueError, TokenError):
        return None
    size = start + prod(shape) * row_type.itemsize
    if shape[:1] != (count,) or row_type.str not in TYPES or file.stat().st_size != size:
        return None
    # Not shared: what is written to the tensor does not reach the file.
    whole = torch.from_file(str(file), shared=False, size=size, dtype=torch.uint8)
    return whole[start:].view(TYPES[row_type.str]).view(shape)


def _write(files: Mapping[str, Path], count: int, rows: Iterable[Row], progress: Progress) -> None:
    """Stream rows into .npy files that appear only when all of them are whole.

    Plain writes, not a memory map: on a full disk they raise where a map would kill the process.
    """
    parts = {name: file.with_name(f"{file.name}.part") for name, file in files.items()}
    try:
        with ExitStack() as stack:
            streams = {name: stack.enter_context(part.open("wb")) for name, part in parts.items()}
            written = 0
            for row in rows:
                for name, stream in streams.items():
                    array = np.ascontiguousarray(row[name])
                    if not written:
                        np.lib.format.write_array_header_1_0(stream, _header(count, array))
                    stream.write(array.data)
                written += 1
                progress(len(files))
        if written != count:
            raise UserError(
                f"The footage gives {written} frames where {count} were counted before; remove "
                "the folder counts of the cache."
            )
        for name, part in parts.items():
            part.replace(files[name])
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _header(count: int, row: npt.NDArray[Any]) -> dict[str, Any]:
    return {
        "shape": (count, *row.shape),
        "fortran_order": False,
        "descr": np.lib.format.dtype_to_descr(row.dtype),
    }
