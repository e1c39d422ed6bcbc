"""A detector with another back end."""

from collections.abc import Iterator

from torch import Tensor

from vadlit.backends.backend import Backend
from vadlit.config import Config, build
from vadlit.detector import TORCH, Detector, assemble
from vadlit.errors import UserError
from vadlit.models.encoder import Encoder
from vadlit.models.predictor import Predictor


def converted(detector: Detector, backend: Config, frames: Iterator[Tensor] | None) -> Detector:
    """The same detector before it has learned anything, its encoder run by another back end.

    Args:
        detector: Run by PyTorch.
        backend: The other one's configuration.
        frames: Normal footage for calibration, uint8 (3, H, W) each; None where there is none.

    Raises:
        UserError: Calibration frames are needed, or a package is missing.
    """
    encoder = detector.predictor.encoder
    if not isinstance(encoder, Encoder):
        raise UserError(
            "backend is another one than the detector was exported for; allowed is to leave it out."
        )
    made: Backend = build(backend, "vadlit.backends")
    other = made.convert(encoder, detector.taps, detector.size, frames)
    predictor = Predictor(other, detector.predictor.decoder)
    return assemble(predictor, detector.config | {"backend": backend})


def switched(detector: Detector, backend: Config) -> Detector:
    """The same detector with all it has learned, its encoder run by another back end.

    Raises:
        UserError: As `converted`.
    """
    if backend == TORCH == detector.config["backend"]:
        return detector
    made = converted(detector, backend, None)
    made.cue.restore(detector.cue.state())
    made.threshold.restore(detector.threshold.state())
    made.framing, made.normal = detector.framing, detector.normal
    return made
