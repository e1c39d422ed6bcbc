"""What an event needs of its footage, and footage whose number of frames is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt


class Frames(Protocol):
    """Recorded footage: a folder of frames or a video."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What it is read from."""

    def __len__(self) -> int:
        """Frames that it yields."""

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield uint8 RGB frames (H, W, 3), from the first one at each call."""


@dataclass(frozen=True)
class Counted:
    """The first frames of footage; to count a video itself, one has to decode it.

    Args:
        footage: What begins with them.
        count: How many they are, at most those of `footage`.
    """

    footage: Frames
    count: int

    @property
    def files(self) -> tuple[Path, ...]:
        """What the footage is read from."""
        return self.footage.files

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        return islice(self.footage, self.count)
