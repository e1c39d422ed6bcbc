"""One piece of footage from its frames to its table."""

import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, nullcontext
from itertools import takewhile
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal

from torch import Tensor
from tqdm import tqdm

from vadlit.data.sequences import INPUT_FRAMES
from vadlit.detection.found import Found
from vadlit.detection.settings import TRAINED, Settings
from vadlit.detection.source import Source
from vadlit.detection.table import frame_table, live_table
from vadlit.detection.watch import watch
from vadlit.detector import AHEAD, Detector
from vadlit.errors import UserError
from vadlit.models.predictor import Features
from vadlit.video.ahead import ahead
from vadlit.video.footage import Footage
from vadlit.video.frame import Image
from vadlit.video.roi import Roi, in_pixels

# A frame rate further from that of training than this share of it changes how fast things move.
OTHER_RATE = 0.1


def watch_footage(
    detector: Detector,
    footage: Footage,
    source: Source,
    settings: Settings,
    table: Path,
    found: Found,
) -> bool:
    """Write the table of one piece of footage, and fill in what was found.

    A live source goes on until it ends or is stopped; returns whether it was stopped.

    Raises:
        UserError: The footage cannot be read, does not fit the detector, or has too few frames.
    """
    found.frame_rate = footage.frame_rate or detector.framing.frame_rate
    _warn_of_rate(source, found.frame_rate, detector.framing.frame_rate)
    frames = ahead(_images(detector, footage, settings, found))
    opened = live_table if source.live else frame_table
    stopped = False
    with (
        _sigterm_stops() if source.live else nullcontext(),
        opened(table) as write,
        closing(frames),
        tqdm(
            frames, source.name, footage.expected, unit="frame", disable=None, leave=False
        ) as seen,
    ):
        # Of a live source each frame is waited for: an alarm must not come late.
        rows = watch(detector, found.frame_rate, seen, 0 if source.live else AHEAD)
        try:
            for row in found.counting(rows):
                write(row)
                if source.live and row.alarm and found.alarms[-1].first == row.frame:
                    tqdm.write(f"{source.name}: alarm at {row.seconds:.1f} s", file=sys.stderr)
        except KeyboardInterrupt:
            if not source.live:
                raise
            stopped = True
        if not found.frames and not source.live:
            raise UserError(
                f"The footage {source.place} is too short; allowed are {INPUT_FRAMES + 1} frames "
                "or more."
            )
    found.skipped = footage.skipped
    return stopped


@contextmanager
def _sigterm_stops() -> Iterator[None]:
    """Stop by SIGTERM as by Ctrl-C: that is how a service ends."""
    before = signal(SIGTERM, default_int_handler)
    try:
        yield
    finally:
        signal(SIGTERM, before)


def _images(
    detector: Detector, footage: Footage, settings: Settings, found: Found
) -> Generator[tuple[float, Tensor, Features], None, None]:
    """The frames' seconds, and the frames, cut out as in training, resized and encoded."""
    roi: Roi | None = None
    for frame in takewhile(
        lambda frame: settings.seconds is None or frame.time < settings.seconds, footage.frames()
    ):
        if roi is None:
            roi = _roi(detector, settings, frame.image, footage.name)
            found.roi = roi.plain()
        yield frame.time, *detector.prepare(roi.crop(frame.image))


def _roi(detector: Detector, settings: Settings, image: Image, footage: str) -> Roi:
    height, width = image.shape[:2]
    if settings.roi == TRAINED:
        return detector.framing.roi((height, width), detector.size, footage)
    assert not isinstance(settings.roi, str)
    return in_pixels(settings.roi, (height, width), footage)


def _warn_of_rate(source: Source, rate: float | None, trained: float | None) -> None:
    if rate and trained and abs(rate - trained) > OTHER_RATE * trained:
        print(
            f"warning: {source.place} has {rate:.5g} frames a second, the detector was trained on "
            f"{trained:.5g}: things seem to move at another speed; rate={trained:.5g} helps.",
            file=sys.stderr,
            flush=True,
        )
