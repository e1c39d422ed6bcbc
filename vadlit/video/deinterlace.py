"""Whole pictures from pictures that are woven of two moments."""

from collections.abc import Iterable, Iterator

import av
from av.filter import Graph

_NOT_YET = (av.BlockingIOError, av.EOFError)


def deinterlaced(frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """Pass frames on; from the first interlaced one on, those flagged so go through yadif.

    As many frames come out as go in, at the same times.
    """
    weaver: Weaver | None = None
    for frame in frames:
        if weaver is not None and not weaver.fits(frame):
            yield from weaver.push(None)
            weaver = None
        if weaver is None and frame.interlaced_frame:
            weaver = Weaver(frame)
        if weaver is None:
            yield frame
        else:
            yield from weaver.push(frame)
    if weaver is not None:
        yield from weaver.push(None)


class Weaver:
    """The filter graph for frames of one size and format.

    Args:
        frame: The first of them.
    """

    def __init__(self, frame: av.VideoFrame) -> None:
        self._layout = _layout(frame)
        self._graph = Graph()
        self._graph.link_nodes(
            self._graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=frame.time_base,
            ),
            self._graph.add("yadif", "mode=send_frame:deint=interlaced"),
            self._graph.add("buffersink"),
        ).configure()

    def fits(self, frame: av.VideoFrame) -> bool:
        """Whether a frame is of that size and format."""
        return _layout(frame) == self._layout

    def push(self, frame: av.VideoFrame | None) -> Iterator[av.VideoFrame]:
        """Put in a frame, or None after the last, and yield what is ready."""
        self._graph.vpush(frame)
        while True:
            try:
                yield self._graph.vpull()
            except _NOT_YET:
                return


def _layout(frame: av.VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name
