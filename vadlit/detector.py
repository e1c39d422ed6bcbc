"""The one inference path: frames in, scores and decisions out, one frame at a time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vadlit.config import Config, build
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.data.store import StoredEvent
from vadlit.models.predictor import Features, Predictor
from vadlit.scoring.alarm import Alarm
from vadlit.scoring.smoothing import Smoother
from vadlit.scoring.thresholds.base import Threshold
from vadlit.scoring.view import Cue, CueValue, View
from vadlit.video.framing import Framing
from vadlit.video.resize import resize
from vadlit.views import check_fit, make_view, taps_of, views

# Frames that are at work at once, where nobody waits for the next one.
AHEAD = 4
TORCH = {"_target_": "vadlit.backends.torch.Torch"}
SETTINGS = ("encoder", "model", "cue", "threshold", "alarm", "window", "size")


@dataclass(frozen=True, eq=False)
class FrameScore:
    """What the detector says about one frame.

    Attributes:
        frame: Its number in the event, from 0.
        cue: Raw, high is anomalous.
        score: The cue averaged over the window; it stands still while the scene changes.
        map: (H, W), where the cue comes from.
        changed: The scene as a whole has changed.
        view: What the cue saw.
    """

    frame: int
    cue: float
    score: float
    map: Tensor
    changed: bool
    view: View


class _Seen(NamedTuple):
    image: Tensor
    features: Features


class Detector:
    """Scores the frames of an event as they come, from the fifth on.

    Each frame is encoded once; the last four images and their features are kept.

    Args:
        predictor: Trained.
        cue: Scores a frame.
        threshold: Decides on a score.
        window: Scores that are averaged, at least 1.
        size: Height and width that frames are resized to, pixels.
        config: The `encoder`, `model`, `cue`, `threshold`, `alarm`, `window` and `size` it is built
            from, and the `backend` that runs the encoder.

    Raises:
        UserError: The cue needs what the predictor does not predict, or `window` is less than 1.

    Attributes:
        framing: How the frames that its threshold was fitted on were taken from footage.
        normal: The scores (n,) of each event that it was fitted on.
    """

    def __init__(
        self,
        predictor: Predictor,
        cue: Cue,
        threshold: Threshold,
        window: int,
        size: tuple[int, int],
        config: Config,
    ) -> None:
        self.predictor = predictor.eval()
        self.cue = cue
        self.threshold = threshold
        self.size = size
        self.config = config
        self.framing = Framing()
        self.normal: list[npt.NDArray[np.float64]] = []
        check_fit(cue, predictor)
        self.taps = taps_of(cue, predictor)
        self._smoother = Smoother(window)
        self._ring: deque[_Seen] = deque(maxlen=INPUT_FRAMES + 1)
        self._frame = -1

    def reset(self) -> None:
        """Begin a new event."""
        self.cue.reset()
        self._smoother.reset()
        self.threshold.reset()
        self._ring.clear()
        self._frame = -1

    def step(self, frame: npt.NDArray[np.uint8]) -> FrameScore | None:
        """Score the event's next frame, RGB (H, W, 3) of any size; None for the first four."""
        return self.see(*self.prepare(frame))

    def prepare(self, frame: npt.NDArray[np.uint8]) -> tuple[Tensor, Features]:
        """Resize and encode a frame, RGB (H, W, 3) of any size.

        This is a function of the frame alone: another thread can work ahead of `see`.
        """
        image = resize(frame, self.size)
        return image, self._encoded(image)

    def see(self, image: Tensor, features: Features | None = None) -> FrameScore | None:
        """Score the event's next frame; None for the first four.

        Args:
            image: uint8 (3, H, W) of the detector's size.
            features: The frame's features (C, h, w) by tap, where they are known already.
        """
        return self._start(image, features)()

    def stream(
        self, frames: Iterable[tuple[Tensor, Features | None]], ahead: int = AHEAD
    ) -> Iterator[FrameScore | None]:
        """Score the frames of an event: what `see` says of each, in order, and in less time.

        Args:
            frames: What `see` takes, from the beginning of the event.
            ahead: Frames that are begun before one is waited for, 0 or more; each core has work
                then, and a frame's score comes that much later.
        """
        self.reset()
        started: deque[Callable[[], FrameScore | None]] = deque()
        for image, features in frames:
            started.append(self._start(image, features))
            if len(started) > ahead:
                yield started.popleft()()
        while started:
            yield started.popleft()()

    def _start(self, image: Tensor, features: Features | None) -> Callable[[], FrameScore | None]:
        """Begin with the event's next frame; what is returned waits for its score."""
        self._frame += 1
        image = image.to(self.predictor.device)
        features = self._encoded(image) if features is None else features
        self._ring.append(_Seen(image.float() / 255, features))
        if len(self._ring) <= INPUT_FRAMES:
            return lambda: None
        number, view = self._frame, self._view()
        pending = self.cue.start(view)
        return lambda: self._scored(number, view, pending())

    def _scored(self, number: int, view: View, said: CueValue) -> FrameScore:
        value, where, changed = said
        # Against a scene in another light, a score says nothing.
        smoothed = self._smoother.next(value, held=changed)
        return FrameScore(number, value, smoothed, where, changed, view)

    def _encoded(self, image: Tensor) -> Features:
        if not self.taps:
            return {}
        encoded = self.predictor.encode(image[None], self.taps)
        return {tap: x[0] for tap, x in encoded.items()}

    def _view(self) -> View:
        device = self.predictor.device
        # Only a prediction looks at the features of frames before the last.
        predicting = self.predictor.predicts in self.cue.needs
        needed = list(self._ring) if predicting else [self._ring[-1]]
        features = {
            tap: torch.stack([seen.features[tap] for seen in needed]).to(device)
            for tap in self.taps
        }
        frames = [seen.image for seen in self._ring]
        return make_view(self.cue, self.predictor, frames, features)

    def learn(self, train: Sequence[StoredEvent], held_out: Sequence[StoredEvent]) -> None:
        """Let the cue learn from normal footage, and calibrate it on footage held out of that."""
        seen, apart = (views(events, self.cue, self.predictor) for events in (train, held_out))
        self.cue.learn(seen, apart)

    def alarm(self, frame_rate: float | None) -> Alarm:
        """The alarm of an event with so many frames a second, None where unknown.

        The threshold is fitted before.
        """
        settings = {"frame_rate": frame_rate, "span": self.threshold.span}
        alarm: Alarm = build(self.config["alarm"] | settings, "vadlit.scoring")
        return alarm


def assemble(predictor: Predictor, config: Mapping[str, Any]) -> Detector:
    """Put a detector together from a predictor and a configuration.

    Args:
        predictor: Trained.
        config: `encoder`, `model`, `cue`, `threshold`, `alarm`, `window` and `size`; more does no
            harm. `backend` is PyTorch unless it is named.
    """
    kept = {key: config[key] for key in SETTINGS} | {"backend": config.get("backend") or TORCH}
    height, width = kept["size"]
    return Detector(
        predictor,
        build(kept["cue"], "vadlit.scoring"),
        build(kept["threshold"], "vadlit.scoring"),
        kept["window"],
        (height, width),
        kept,
    )
