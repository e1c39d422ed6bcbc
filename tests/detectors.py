"""A small untrained detector and footage for it."""

from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from hydra.utils import instantiate

from vadlit.config import Config
from vadlit.detector import Detector, FrameScore, assemble
from vadlit.models.encoder import Encoder
from vadlit.models.predictor import Predictor

ENCODER = {"_target_": "vadlit.models.encoder.Encoder", "weights": "bundled"}
BASE = {"_target_": "vadlit.models.decoders.base.BaseDecoder"}
DROPOUT = {
    "_target_": "vadlit.models.decoders.dropout.DropoutDecoder",
    "before_first": 0.2,
    "before_second": 0.1,
}
FORECAST = {"_target_": "vadlit.models.decoders.forecast.ForecastDecoder"}
PREDICTION = {"_target_": "vadlit.scoring.cues.prediction_psnr.PredictionPSNR"}
COPY = {"_target_": "vadlit.scoring.cues.copy_psnr.CopyPSNR"}
ALARM = {
    "_target_": "vadlit.scoring.alarm.Alarm",
    "keep": 1.0,
    "minimum": 0.0,
    "cool_down": 0.0,
    "settle": 0.0,
}


def configuration(cue: Config = PREDICTION, window: int = 3) -> Config:
    """What a detector is built from."""
    return {
        "encoder": dict(ENCODER),
        "model": dict(BASE),
        "cue": dict(cue),
        "threshold": {"_target_": "vadlit.scoring.thresholds.sigma.Sigma", "k": 3.0},
        "alarm": dict(ALARM),
        "window": window,
        "size": [32, 64],
    }


@cache
def encoder() -> Encoder:
    """The bundled encoder, which never changes and so is shared."""
    return Encoder()


def predictor(model: Config = BASE, seed: int = 0) -> Predictor:
    """A predictor with random weights that a seed repeats."""
    frozen = encoder()  # first: making it draws random numbers, too
    torch.manual_seed(seed)
    return Predictor(frozen, instantiate(model))


def detector(cue: Config = PREDICTION, window: int = 3) -> Detector:
    """A detector with random weights and a threshold."""
    made = assemble(predictor(), configuration(cue, window))
    made.threshold.value = -8.0
    return made


def footage(count: int, size: tuple[int, int] = (32, 64), seed: int = 0) -> npt.NDArray[np.uint8]:
    """Random frames (count, H, W, 3)."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, 256, (count, *size, 3), dtype=np.uint8)


def run(made: Detector, frames: npt.NDArray[np.uint8]) -> list[FrameScore]:
    """The scores of an event."""
    made.reset()
    return [score for frame in frames if (score := made.step(frame)) is not None]


def numbers(found: list[FrameScore]) -> list[tuple[int, float, float]]:
    """What is said of each frame."""
    return [(x.frame, x.cue, x.score) for x in found]
