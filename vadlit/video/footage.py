"""Footage of any kind, opened by what it is called."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from vadlit.video.file import VideoFile
from vadlit.video.folder import FrameFolder
from vadlit.video.frame import Frame
from vadlit.video.live import Live
from vadlit.video.resample import Resampled, check_rate


class Footage(Protocol):
    """What gives frames: a file, a folder, a camera, a stream."""

    @property
    def name(self) -> str:
        """What to call it."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files it is read from; none for a live source."""

    @property
    def frame_rate(self) -> float | None:
        """Frames a second on average; None where unknown, as of a live source."""

    @property
    def expected(self) -> int | None:
        """Roughly how many frames there are, for an estimate of time; None where unknown."""

    @property
    def skipped(self) -> int:
        """Broken packets that the last pass over `frames()` has left out."""

    def frames(self) -> Iterator[Frame]:
        """Yield the frames from the first on, anew at each call.

        Leaving the iteration early closes everything.

        Raises:
            UserError: It cannot be read, or a live source has ended.
        """


def open_footage(source: str | int | Path, rate: float | None = None) -> Footage:
    """Open a video file, a folder of frames, a camera or a stream.

    Args:
        source: A path, the index of a camera (`0`) or a URL (`rtsp://...`).
        rate: Frames a second, resampled by time stamps; None takes the frames as they come. The
            frames of a folder have no time stamps: there it states their rate (30 when None).

    Raises:
        UserError: There is no such source, it holds no video, no frame of it decodes, or the rate
            is not a positive number.
    """
    check_rate(rate)
    footage: Footage
    if isinstance(source, int) or (isinstance(source, str) and source.isdecimal()):
        footage = Live.camera(int(source))
    elif isinstance(source, str) and "://" in source:
        footage = Live.stream(source)
    else:
        path = Path(source).expanduser()
        if os.path.isdir(path):
            return FrameFolder.open(path) if rate is None else FrameFolder.open(path, rate)
        footage = VideoFile.open(path)
    return footage if rate is None else Resampled(footage, rate)
