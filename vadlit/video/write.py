"""Writing an mp4 that browsers play."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from vadlit.errors import UserError
from vadlit.video.frame import Image
from vadlit.video.resample import check_rate

BT709, LIMITED = 1, 1  # ITU-T H.273, colour primaries, transfer and matrix; MPEG range
# Near to lossless to the eye, and faster than a line's camera at 640x480 on one core.
ENCODING = {"crf": "18", "preset": "veryfast"}


class VideoWriter:
    """An mp4 file: H.264, yuv420p, BT.709, index in front; it appears when it is whole.

    A context manager. Until it closes without error the frames lie in `NAME.part`; frames of an
    odd height or width gain one row or column like their last.

    Args:
        path: Ends in .mp4; its folder is made when missing.
        size: Height and width of the frames, pixels.
        rate: Frames a second.

    Raises:
        UserError: The name, the size or the rate is not allowed, or the disk is full or refuses.
    """

    def __init__(self, path: Path, size: tuple[int, int], rate: float | Fraction) -> None:
        check_rate(float(rate))
        if path.suffix.lower() != ".mp4":
            raise UserError(f"The video cannot be written to {path}; allowed is a name in .mp4.")
        if min(size) < 2:
            raise UserError(f"The video {path} is {size[1]}x{size[0]} pixels; allowed is 2x2 up.")
        self.path = path
        self.size = size
        self.rate = Fraction(rate).limit_denominator(1001)
        self._part = path.with_name(f"{path.name}.part")
        self._reformatter = VideoReformatter()
        self._frames = 0

    def __enter__(self) -> Self:
        with self._disk_trouble_named():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._container = av.open(
                f"file:{self._part}", "w", format="mp4", options={"movflags": "faststart"}
            )
        self._stream = self._container.add_stream("libx264", rate=self.rate, options=ENCODING)
        self._stream.height, self._stream.width = (side + side % 2 for side in self.size)
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED
        return self

    def write(self, image: Image) -> None:
        """Append a frame.

        Args:
            image: uint8 RGB (H, W, 3) of the video's size.
        """
        assert image.shape == (*self.size, 3), (image.shape, self.size)
        odd = [(0, side % 2) for side in self.size]
        padded = np.ascontiguousarray(np.pad(image, [*odd, (0, 0)], mode="edge"))
        picture = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(padded, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        picture.pts, picture.time_base = self._frames, 1 / self.rate
        self._frames += 1
        self._mux(picture)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            with suppress(OSError, av.FFmpegError):  # a full disk refuses this, too
                self._container.close()
            self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        if not self._frames:
            raise UserError(f"The video {self.path} has no frames; allowed is 1 or more.")
        self._mux(None)
        with self._disk_trouble_named():
            self._container.close()
            self._part.replace(self.path)

    def _mux(self, picture: av.VideoFrame | None) -> None:
        with self._disk_trouble_named():
            self._container.mux(self._stream.encode(picture))

    @contextmanager
    def _disk_trouble_named(self) -> Iterator[None]:
        try:
            yield
        except (OSError, av.FFmpegError) as error:
            raise UserError(
                f"The video {self.path} cannot be written: {error.strerror or error}."
            ) from error
