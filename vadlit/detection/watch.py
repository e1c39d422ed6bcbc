"""One event under watch: its frames in, a row of the table each out."""

from collections import deque
from collections.abc import Iterable, Iterator
from math import isnan
from typing import NamedTuple

from torch import Tensor

from vadlit.detector import AHEAD, Detector
from vadlit.models.predictor import Features


class Row(NamedTuple):
    """What is said of one frame.

    Attributes:
        frame: Its number, from 0.
        seconds: From the first frame.
        score: High is anomalous.
        level: What the score is compared with.
        flagged: The score is above the level.
        alarm: The alarm is on.
        kind: `changed` where the scene as a whole is another one; else empty.
    """

    frame: int
    seconds: float
    score: float
    level: float
    flagged: bool
    alarm: bool
    kind: str


def watch(
    detector: Detector,
    frame_rate: float | None,
    frames: Iterable[tuple[float, Tensor, Features]],
    ahead: int = AHEAD,
) -> Iterator[Row]:
    """Yield a row for each frame of an event from the fifth on.

    Args:
        detector: Its threshold is fitted.
        frame_rate: Frames a second; None where unknown.
        frames: Seconds from the first, and what `Detector.prepare` makes of each frame.
        ahead: As of `Detector.stream`.
    """
    times: deque[float] = deque()

    def timed() -> Iterator[tuple[Tensor, Features]]:
        for seconds, image, features in frames:
            times.append(seconds)
            yield image, features

    alarm = detector.alarm(frame_rate)
    for said in detector.stream(timed(), ahead):
        seconds = times.popleft()
        if said is None:
            continue
        level = detector.threshold.level(said.score, said.changed)
        on = alarm.push(said.score, level, said.changed)
        flagged = isnan(said.score) or said.score > level
        kind = "changed" if said.changed else ""
        yield Row(said.frame, seconds, said.score, level, flagged, on, kind)
