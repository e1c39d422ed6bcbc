"""The thesis's detector, each frame encoded once, against four frames encoded for each."""

import torch

from vadlit.benchmark.figures import Figure, at_least, ratio
from vadlit.benchmark.footage import belt
from vadlit.benchmark.turns import in_turns, seconds
from vadlit.config import Config
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.detector import assemble
from vadlit.models.decoders.base import BaseDecoder
from vadlit.models.encoder import TAPS, Encoder
from vadlit.models.normalisation import denormalise, normalise
from vadlit.models.predictor import Predictor
from vadlit.scoring.psnr import psnr

PSNR: Config = {
    "encoder": {},
    "model": {},
    "cue": {"_target_": "vadlit.scoring.cues.prediction_psnr.PredictionPSNR"},
    "threshold": {"_target_": "vadlit.scoring.thresholds.sigma.Sigma", "k": 3.0},
    "alarm": {},
    "window": 10,
}


def prediction(size: list[int], frames: int, turns: int) -> list[Figure]:
    """Frames a second of `base` with PyTorch, from the decoded frame to its score.

    Args:
        size: Height and width of a frame.
        frames: Of a turn.
        turns: Of each way.
    """
    encoder = Encoder()
    predictor = Predictor(encoder, BaseDecoder())
    detector = assemble(predictor, PSNR | {"size": size})
    shown = [*belt(frames, (size[0], size[1]))]

    def once() -> None:
        for _ in detector.stream(detector.prepare(frame) for frame in shown):
            pass

    @torch.no_grad()
    def four() -> None:
        images = [torch.from_numpy(frame).permute(2, 0, 1).float() / 255 for frame in shown]
        for last in range(INPUT_FRAMES, frames):
            features = encoder(
                normalise(torch.stack(images[last - INPUT_FRAMES : last])), TAPS[-1:]
            )
            made = predictor.decoder({"layer4": features["layer4"].flatten(0, 1)[None]})
            psnr(denormalise(made)[0], images[last]).item()

    found = in_turns(
        {"once": lambda: frames / seconds(once), "four": lambda: frames / seconds(four)}, turns
    )
    return [
        Figure("each frame encoded once", found["once"], "frames/s"),
        Figure("four frames encoded for each", found["four"], "frames/s"),
        ratio("once over four", found["once"], found["four"], at_least(3.4)),
    ]
