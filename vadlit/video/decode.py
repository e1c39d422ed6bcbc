"""From packets to frames: what files and live sources share."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, cast

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vadlit.errors import UserError
from vadlit.video.deinterlace import deinterlaced
from vadlit.video.frame import Frame
from vadlit.video.picture import Pictures

USUAL_RATE = 25.0  # for a stream that states neither times nor a rate

VideoPacket: TypeAlias = "av.Packet[VideoStream]"


def video_stream(container: InputContainer) -> VideoStream | None:
    """The stream to watch; None where there is none but, say, the cover of a song."""
    covers = [s for s in container.streams.video if s.disposition & Disposition.attached_pic]
    moving = [s for s in container.streams.video if s not in covers]
    best = container.streams.best("video")
    chosen = best if best in moving else next(iter(moving), None)
    if chosen is not None:
        # Frame threads, of which AUTO has some, lose frames at the end of a broken file and have
        # hung when left early or forked; with the conversion they are no faster.
        chosen.thread_type = "SLICE"
    return chosen


def decoded(
    packets: Iterable[VideoPacket], stream: VideoStream, broken: Callable[[], None]
) -> Iterator[av.VideoFrame]:
    """Decode packets to whole pictures in the order shown.

    Args:
        packets: Ending with an empty one, which asks the decoder for what it still holds.
        stream: Where they come from.
        broken: Called for each packet that is left out.
    """
    return deinterlaced(_decoded(packets, stream, broken))


def _decoded(
    packets: Iterable[VideoPacket], stream: VideoStream, broken: Callable[[], None]
) -> Iterator[av.VideoFrame]:
    for packet in packets:
        if packet.is_corrupt:  # cut short, or with a gap before it
            broken()
            continue
        try:
            pictures = stream.decode(packet)
        except av.FFmpegError:
            broken()
        else:
            yield from pictures


def as_frames(pictures: Iterator[av.VideoFrame], stream: VideoStream, name: str) -> Iterator[Frame]:
    """Number pictures, time them from the first and make them RGB.

    Args:
        pictures: As decoded; closed when the iteration is left.
        stream: Where they come from.
        name: What to call it in errors.

    Raises:
        UserError: The size changes on the way.
    """
    convert, times = Pictures(), Times(float(stream.guessed_rate or USUAL_RATE))
    shape: tuple[int, ...] = ()
    for index, picture in enumerate(pictures):
        image = convert.image(picture)
        shape = shape or image.shape
        if image.shape != shape:
            raise UserError(
                f"The frame {index} of {name} is {image.shape[1]}x{image.shape[0]} pixels; "
                f"allowed is the size of its first frame, {shape[1]}x{shape[0]}."
            )
        yield Frame(index, times.of(picture), image)


class Times:
    """Seconds from the first frame, rising whatever the time stamps do.

    Args:
        rate: Frames a second where time stamps are missing, repeat or run backwards.
    """

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._start: float | None = None
        self._last = -self._gap

    def of(self, picture: av.VideoFrame) -> float:
        """The time of the next picture."""
        stamp: float | None = picture.time
        after = self._last + self._gap
        if stamp is not None and self._start is None:
            self._start = stamp - after
        time = after if stamp is None or self._start is None else stamp - self._start
        self._last = time if time > self._last else after
        return self._last


def flush(stream: VideoStream) -> VideoPacket:
    """The empty packet after the last."""
    packet = av.Packet()
    assert stream.time_base is not None  # every demuxer sets it
    packet.time_base = stream.time_base
    return cast(VideoPacket, packet)
