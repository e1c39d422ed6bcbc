"""What a cue sees of stored footage: the views of all its sequences, made when asked for."""

from collections.abc import Sequence

from torch import Tensor

from vadlit.data.sequences import INPUT_FRAMES, SequenceDataset
from vadlit.data.store import StoredEvent
from vadlit.errors import UserError
from vadlit.models.predictor import Features, Predictor
from vadlit.scoring.view import Cue, MadeViews, View


def make_view(
    cue: Cue, predictor: Predictor, frames: Sequence[Tensor] | Tensor, features: Features
) -> View:
    """Put together what a cue needs.

    Args:
        cue: Says what it needs.
        predictor: Predicts the last frame, where that is needed.
        frames: T + 1 of (3, H, W) in [0, 1].
        features: Of these frames by tap, (T + 1, C, h, w); without a prediction, the last do.
    """
    of_target = {tap: features[tap][-1] for tap in cue.taps}
    if predictor.predicts not in cue.needs:
        return View(frames, features=of_target)
    inputs = {tap: features[tap][None, :INPUT_FRAMES] for tap in predictor.taps}
    return View(frames, predictor.predict(inputs)[0], of_target)


def taps_of(cue: Cue, predictor: Predictor) -> tuple[str, ...]:
    """The encoder stages that a cue needs, for itself and for the prediction."""
    return tuple(dict.fromkeys((*predicting_taps(cue, predictor), *cue.taps)))


def predicting_taps(cue: Cue, predictor: Predictor) -> tuple[str, ...]:
    """The encoder stages that a prediction is made from; none where the cue looks at none."""
    return predictor.taps if predictor.predicts in cue.needs else ()


def check_fit(cue: Cue, predictor: Predictor) -> None:
    """Refuse a cue that needs what the predictor does not predict.

    Raises:
        UserError: It does.
    """
    missing = cue.needs & {"prediction", "forecast"} - {predictor.predicts}
    if missing:
        raise UserError(
            f"The cue needs a {', a '.join(sorted(missing))}, and the model makes a "
            f"{predictor.predicts}; allowed is model=forecast for the part forecast, and any other "
            "for errors of pixels."
        )


def views(events: Sequence[StoredEvent], cue: Cue, predictor: Predictor) -> MadeViews:
    """The views of all sequences of some events, encoded when asked for.

    Args:
        events: Stored events.
        cue: What the views are for.
        predictor: Encodes and predicts.
    """
    sequences, taps = SequenceDataset(events), taps_of(cue, predictor)

    def made(number: int) -> View:
        images = sequences[number]["frames"][0].to(predictor.device)
        needed = images if predictor.predicts in cue.needs else images[-1:]
        features = predictor.encode(needed, taps) if taps else {}
        return make_view(cue, predictor, images.float() / 255, features)

    return MadeViews(len(sequences), made)
