"""Each frame once: decoded frames and encoder features in memory-mapped files.

One folder an event holds `frames.npy`, uint8 (N, 3, H, W), and one half-precision file a tap,
`ENCODER-TAP.npy`, (N, C, h, w). A file is whole or absent: it is written beside its place and
renamed, under a lock, so a killed build costs one event and two builders share the work.
"""

import errno
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from filelock import FileLock
from torch import Tensor

from vadlit.data.events import Event
from vadlit.errors import UserError
from vadlit.video.resize import resize

ENCODING_BATCH = 16


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

    Keyed by footage (paths, sizes and times of change), frame size, encoder weights and tap.

    Args:
        root: Where the files lie; made when missing.
        size: Height and width of the stored frames, pixels.
        encoder: Makes the features.
    """

    def __init__(self, root: Path, size: tuple[int, int], encoder: FrameEncoder) -> None:
        self.root = root
        self.size = size
        self.encoder = encoder

    def open(
        self, event: Event, taps: Sequence[str], progress: Callable[[int], object]
    ) -> StoredEvent:
        """Memory-map an event, building what is missing.

        Args:
            event: The footage.
            taps: Encoder stages wanted beside the frames.
            progress: Called with the number of frames that one array has just gained.

        Raises:
            UserError: A frame cannot be read, or the disk is full.
        """
        folder = self.root / self._key(event)
        folder.mkdir(parents=True, exist_ok=True)
        names = {tap: f"{self.encoder.identity}-{tap}.npy" for tap in taps}
        with FileLock(folder / "lock"):
            if not (folder / "frames.npy").exists():
                resized = (resize(frame, self.size).numpy() for frame in event.frames)
                _write(folder, {"frames": "frames.npy"}, _single(resized), len(event.frames))
                progress(len(event.frames))
            missing = {tap: name for tap, name in names.items() if not (folder / name).exists()}
            if missing:
                features = self._features(_map(folder / "frames.npy"), list(missing))
                _write(folder, missing, features, len(event.frames))
                progress(len(event.frames) * len(missing))
        files = {"frames": "frames.npy", **names}
        return StoredEvent(event, {name: _map(folder / file) for name, file in files.items()})

    def _key(self, event: Event) -> str:
        stats = [(str(file.absolute()), file.stat()) for file in event.frames.files]
        footage = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
        return hashlib.sha256(json.dumps([footage, self.size]).encode()).hexdigest()[:24]

    def _features(self, frames: Tensor, taps: Sequence[str]) -> Iterator[dict[str, npt.NDArray]]:
        for batch in frames.split(ENCODING_BATCH):
            encoded = self.encoder.encode(batch, taps)
            for row in range(len(batch)):
                yield {tap: f[row].half().cpu().numpy() for tap, f in encoded.items()}


def _single(frames: Iterable[npt.NDArray[np.uint8]]) -> Iterator[dict[str, npt.NDArray]]:
    return ({"frames": frame} for frame in frames)


def _map(file: Path) -> Tensor:
    # Copy-on-write: torch wants writable memory, the file stays as it is.
    return torch.from_numpy(np.load(file, mmap_mode="c"))


def _write(
    folder: Path, files: Mapping[str, str], rows: Iterable[dict[str, npt.NDArray]], count: int
) -> None:
    """Stream rows into .npy files that appear only when all of them are whole.

    Plain writes, not a memory map: on a full disk they raise where a map would kill the process.
    """
    parts = {name: folder / f"{file}.part" for name, file in files.items()}
    streams = {name: part.open("wb") for name, part in parts.items()}
    try:
        for number, row in enumerate(rows):
            for name, stream in streams.items():
                array = np.ascontiguousarray(row[name])
                if number == 0:
                    header = {
                        "shape": (count, *array.shape),
                        "fortran_order": False,
                        "descr": np.lib.format.dtype_to_descr(array.dtype),
                    }
                    np.lib.format.write_array_header_1_0(stream, header)
                stream.write(array.data)
        for name, stream in streams.items():
            stream.close()
            parts[name].rename(folder / files[name])
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise UserError(
            f"The disk of the cache {folder.parent} is full; free some of it or choose another "
            "place with cache_dir."
        ) from error
    finally:
        for name, stream in streams.items():
            stream.close()
            parts[name].unlink(missing_ok=True)
