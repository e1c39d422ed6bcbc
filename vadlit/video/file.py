"""A video file as footage."""

import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from vadlit.errors import UserError
from vadlit.video.decode import VideoPacket, as_frames, decoded, flush, video_stream
from vadlit.video.frame import Frame, Image


@dataclass
class VideoFile:
    """The frames of a video file, decoded anew at each pass.

    Args:
        path: The file.

    Attributes:
        skipped: Broken packets that the last pass has left out.
    """

    path: Path
    skipped: int = field(default=0, init=False, compare=False)
    _count: int | None = field(default=None, init=False, compare=False, repr=False)

    @classmethod
    def open(cls, path: Path) -> "VideoFile":
        """Take a file whose first frame decodes.

        Raises:
            UserError: The file is missing, empty, not a video, or none of its frames decodes.
        """
        video = cls(path)
        with closing(video.frames()) as frames:
            next(frames)
        return video

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def files(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)

    @property
    def frame_rate(self) -> float | None:
        """Frames a second on average, as the file states; None where it states nothing."""
        with self._stream() as (_, stream):
            rate = stream.average_rate
        return float(rate) if rate else None

    @property
    def expected(self) -> int | None:
        """Frames as the file states them, which may be wrong; None where it states nothing."""
        with self._stream() as (container, stream):
            if stream.frames or not (container.duration and stream.average_rate):
                return stream.frames or None
            return round(container.duration / av.time_base * stream.average_rate)

    def __len__(self) -> int:
        """Frames that decode, counted once: what a file says of itself may be wrong."""
        if self._count is None:
            with self._stream() as (container, stream):
                self._count = sum(1 for _ in self._pictures(container, stream))
        return self._count

    def __iter__(self) -> Iterator[Image]:
        """Yield uint8 RGB frames (H, W, 3)."""
        with closing(self.frames()) as frames:
            for frame in frames:
                yield frame.image

    def frames(self) -> Generator[Frame, None, None]:
        """Yield the frames from the first on; leaving early closes the file.

        Raises:
            UserError: The file is missing, empty, not a video, or none of its frames decodes.
        """
        with self._stream() as (container, stream):
            yield from as_frames(self._pictures(container, stream), stream, str(self.path))

    @contextmanager
    def _stream(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        with _opened(self.path) as container:
            stream = video_stream(container)
            if stream is None:
                raise UserError(f"The file {self.path} has no video stream.")
            yield container, stream

    def _pictures(self, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
        self.skipped = 0
        picture = None
        for picture in decoded(self._packets(container, stream), stream, self._skip):
            yield picture
        if picture is None:
            raise UserError(f"No frame of the file {self.path} can be decoded.")

    def _packets(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoPacket]:
        try:
            yield from container.demux(stream)
        except av.FFmpegError:  # nothing can be read from here on
            self._skip()
            yield flush(stream)

    def _skip(self) -> None:
        self.skipped += 1


def _opened(path: Path) -> InputContainer:
    # os.path rather than Path: that raises where a name is too long or a folder is closed.
    if not os.path.exists(path):
        raise UserError(f"There is no video file {path}.")
    if not os.path.isfile(path):
        raise UserError(f"{path} is not a file; allowed is a video file.")
    if os.path.getsize(path) == 0:
        raise UserError(f"The file {path} is empty.")
    try:
        # As a URL: a name with a colon would be taken for a protocol.
        container = av.open(f"file:{path}", metadata_errors="replace")
    except av.FFmpegError as error:
        raise UserError(f"The file {path} cannot be read as a video: {error.strerror}.") from error
    if container.format.name == "tty":  # which draws any text as a picture
        container.close()
        raise UserError(f"The file {path} is text; allowed is a video file.")
    return container
