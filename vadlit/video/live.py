"""Cameras and network streams as footage."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import av
from av.container import InputContainer
from av.device import enumerate_input_devices

from vadlit.errors import UserError
from vadlit.video.decode import as_frames, decoded, video_stream
from vadlit.video.frame import Frame

PROTOCOLS = ("http", "https", "rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp")
PATIENCE = 10.0  # seconds


@dataclass
class Live:
    """Frames as they arrive.

    Args:
        name: What to call it; without the password that an address may hold.
        address: What FFmpeg opens.
        format: FFmpeg's name of the kind of device; None for a stream.
        options: FFmpeg's options for it.
        patience: Seconds to wait for it to open, and for each packet.

    Attributes:
        skipped: Broken packets that the last pass has left out.
    """

    name: str
    address: str
    format: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    patience: float = PATIENCE
    skipped: int = field(default=0, init=False)

    @classmethod
    def camera(cls, index: int) -> "Live":
        """Take a camera of this machine by its number from 0.

        Raises:
            UserError: There is no such camera.
        """
        name = f"camera {index}"
        if sys.platform == "darwin":
            # Without a rate it asks for 29.97, which many cameras refuse.
            return cls(name, str(index), "avfoundation", {"framerate": "30"})
        if sys.platform == "win32":
            return cls(name, f"video={_dshow_name(index)}", "dshow")
        return cls(name, f"/dev/video{index}", "v4l2")

    @classmethod
    def stream(cls, url: str) -> "Live":
        """Take a network stream.

        Raises:
            UserError: It is no URL, or its protocol is not allowed.
        """
        parts = _parts(url)
        name = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if parts.scheme not in PROTOCOLS:
            kinds = ", ".join(PROTOCOLS)
            raise UserError(f"The protocol of {name} is {parts.scheme}; allowed are {kinds}.")
        # Over UDP, the default, packets get lost and pictures smear.
        options = {"rtsp_transport": "tcp"} if parts.scheme.startswith("rtsp") else {}
        return cls(name, url, options=options)

    @property
    def frame_rate(self) -> None:
        """Unknown: what a camera states is not what arrives."""

    @property
    def expected(self) -> None:
        """Unknown: it goes on."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Empty: nothing can be read again."""
        return ()

    def frames(self) -> Generator[Frame, None, None]:
        """Yield frames as they arrive; leaving closes the source.

        Raises:
            UserError: It cannot be opened, has no video, does not answer or has ended.
        """
        self.skipped = 0
        count = 0
        with self._trouble_named(), self._opened() as container:
            stream = video_stream(container)
            if stream is None:
                raise UserError(f"The source {self.name} has no video stream.")
            pictures = decoded(container.demux(stream), stream, self._skip)
            for frame in as_frames(pictures, stream, self.name):
                count = frame.index + 1
                yield frame
        raise UserError(f"The source {self.name} ended after {count} frames.")

    def _opened(self) -> InputContainer:
        return av.open(
            self.address,
            format=self.format,
            options=self.options,
            timeout=self.patience,
            metadata_errors="replace",
        )

    @contextmanager
    def _trouble_named(self) -> Iterator[None]:
        try:
            yield
        except av.ExitError as error:
            raise UserError(
                f"The source {self.name} has not answered for {self.patience:g} seconds."
            ) from error
        except av.FFmpegError as error:
            raise UserError(
                f"The source {self.name} cannot be read: {error.strerror or error}."
            ) from error

    def _skip(self) -> None:
        self.skipped += 1


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:  # which may repeat a password
        scheme, _, rest = url.partition("://")
        shown = f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"
        raise UserError(
            f"The address {shown} is no URL; allowed is one such as rtsp://192.168.0.7:554/line."
        ) from error


def _dshow_name(index: int) -> str:
    found = [d.name for d in enumerate_input_devices("dshow") if "video" in d.media_types]
    if index >= len(found):
        raise UserError(f"There is no camera {index}; there are {len(found)}.")
    return found[index]
