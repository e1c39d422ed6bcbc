"""Footage at a fixed rate, by time stamps."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vadlit.errors import UserError
from vadlit.video.frame import Frame

if TYPE_CHECKING:
    from vadlit.video.footage import Footage

TIE = 1e-6  # seconds: time stamps halfway between two instants must not fall either way by rounding


def resample(frames: Iterable[Frame], rate: float) -> Iterator[Frame]:
    """Yield at each instant k / rate the frame whose time stamp is nearest.

    Frames that are nearest to no instant are dropped, others repeat; each comes out once the next
    one's time is known. The last frame stays as long as the one before.

    Args:
        frames: With rising times.
        rate: Frames a second.
    """
    count = 0
    for frame, end in _spans(frames):
        while count / rate <= end + TIE:
            yield Frame(count, count / rate, frame.image)
            count += 1


def _spans(frames: Iterable[Frame]) -> Iterator[tuple[Frame, float]]:
    """Each frame with the moment from which on the next is nearer."""
    gap, last = 0.0, None
    for frame in frames:
        if last is not None:
            gap = frame.time - last.time
            yield last, last.time + gap / 2
        last = frame
    if last is not None:
        yield last, last.time + gap / 2


class Resampled:
    """Footage resampled to a fixed rate.

    Args:
        footage: What is resampled.
        rate: Frames a second.
    """

    def __init__(self, footage: "Footage", rate: float) -> None:
        check_rate(rate)
        self.footage = footage
        self.rate = rate

    @property
    def name(self) -> str:
        """That of the footage."""
        return self.footage.name

    @property
    def files(self) -> tuple[Path, ...]:
        """Those of the footage."""
        return self.footage.files

    @property
    def frame_rate(self) -> float:
        """The fixed rate."""
        return self.rate

    @property
    def expected(self) -> int | None:
        """Those of the footage, as many times more or less as the rate."""
        count, rate = self.footage.expected, self.footage.frame_rate
        return None if count is None or rate is None else round(count * self.rate / rate)

    @property
    def skipped(self) -> int:
        """Broken packets of the last pass."""
        return self.footage.skipped

    def frames(self) -> Iterator[Frame]:
        """Yield the frames on show at 0, 1 / rate, 2 / rate, ... seconds."""
        return resample(self.footage.frames(), self.rate)


def check_rate(rate: float | None) -> None:
    """Refuse what is not a frame rate.

    Raises:
        UserError: It is neither None nor a positive finite number.
    """
    if rate is None:
        return
    number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if not number or not math.isfinite(rate) or rate <= 0:
        raise UserError(f"rate is {rate}; allowed is a number of frames a second above 0.")
