"""When each frame of recorded footage is shown, known before any frame is decoded."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from vadlit.errors import UserError
from vadlit.video.decode import USUAL_RATE, video_stream
from vadlit.video.resample import TIE

Times = npt.NDArray[np.float64]
Picks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Timeline:
    """The time of each frame.

    Args:
        times: (n,) seconds from the first frame, rising.
        rate: Nominal frames a second.
    """

    times: Times
    rate: float

    def __len__(self) -> int:
        return len(self.times)

    @property
    def seconds(self) -> float:
        """From the beginning of the first frame to the end of the last."""
        return float(self.times[-1]) + 1 / self.rate

    def picks(self, rate: float | None) -> Picks:
        """The frame shown at each tick of another rate, as `video.resample` has it; None: all."""
        if rate is None:
            return np.arange(len(self))
        gaps = np.diff(self.times, append=2 * self.times[-1] - self.times[-2:][0])
        ends = self.times + gaps / 2 + TIE
        ticks = np.arange(int(ends[-1] * rate) + 1) / rate
        return np.searchsorted(ends, ticks)


def even(frames: int, rate: float) -> Timeline:
    """The time line of frames at a fixed rate."""
    return Timeline(np.arange(frames) / rate, rate)


def of_video(file: Path) -> Timeline:
    """Read a video's time line from its packets, which takes no decoding.

    Where broken packets give no frame, the video ends before the time line does.

    Raises:
        UserError: The file is not a video.
    """
    try:
        with av.open(f"file:{file}", metadata_errors="replace") as container:
            stream = video_stream(container)
            if stream is None:
                raise UserError(f"The file {file} has no video stream.")
            rate, base = float(stream.guessed_rate or USUAL_RATE), float(stream.time_base or 0)
            packets = (p for p in container.demux(stream) if p.size)
            stamps = [p.pts for p in packets if not (p.is_corrupt or p.is_discard)]
    except av.FFmpegError as error:
        raise UserError(f"The file {file} cannot be read as a video: {error.strerror}.") from error
    if not stamps:
        raise UserError(f"The video {file} holds no frames.")
    known = sorted({stamp for stamp in stamps if stamp is not None})
    if len(known) < len(stamps):
        return even(len(stamps), rate)
    return Timeline((np.array(known) - known[0]) * base, rate)
