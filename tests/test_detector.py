"""One frame at a time gives what a naive pass over the whole event gives."""

from collections.abc import Iterator
from unittest.mock import Mock

import numpy as np
import numpy.typing as npt
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio
from torch import Tensor

from tests.detectors import (
    COPY,
    FORECAST,
    PREDICTION,
    configuration,
    detector,
    encoder,
    footage,
    numbers,
    predictor,
    run,
)
from vadlit.config import Config
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.detector import Detector, assemble
from vadlit.errors import UserError
from vadlit.models.normalisation import MEAN, STD
from vadlit.models.predictor import Features
from vadlit.scoring.view import CueValue
from vadlit.video.resize import resize

COUNT, WINDOW = 9, 3
FUSION = {
    "_target_": "vadlit.scoring.cues.fusion.Fusion",
    "parts": {
        "error": {"_target_": "vadlit.scoring.cues.error.PredictionError"},
        "motion": {"_target_": "vadlit.scoring.cues.motion.Motion"},
    },
}


def naive_cue(made: Detector, frames: npt.NDArray[np.uint8]) -> float:
    """-PSNR of the fifth frame, all five encoded together."""
    mean, std = (torch.tensor(x).view(3, 1, 1) for x in (MEAN, STD))
    images = torch.from_numpy(frames).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        taps = encoder()((images - mean) / std, ("layer4",))
        merged = taps["layer4"][:INPUT_FRAMES].flatten(0, 1)[None]
        predicted = made.predictor.decoder({"layer4": merged})[0] * std + mean
    pixels, truth = predicted.clamp(0, 1).double().numpy(), images[-1].double().numpy()
    return -float(peak_signal_noise_ratio(truth, pixels, data_range=1))


def test_the_first_four_frames_have_no_score() -> None:
    made = detector()
    found = [made.step(frame) for frame in footage(6)]
    assert found[:4] == [None] * 4
    assert [x.frame for x in found[4:] if x is not None] == [4, 5]


def test_scores_are_those_of_a_naive_pass() -> None:
    made, frames = detector(window=WINDOW), footage(COUNT)
    cues = [naive_cue(made, frames[i - 4 : i + 1]) for i in range(4, COUNT)]
    found = run(made, frames)
    assert [x.frame for x in found] == list(range(4, COUNT))
    assert [x.cue for x in found] == pytest.approx(cues, abs=1e-4)
    means = [float(np.mean(cues[max(0, i - WINDOW + 1) : i + 1])) for i in range(len(cues))]
    assert [x.score for x in found] == pytest.approx(means, abs=1e-4)
    # The prediction tells frames apart: a constant would pass all of the above.
    assert len({x.cue for x in found}) == len(found)


def test_the_copy_is_the_psnr_of_the_frame_before() -> None:
    frames = footage(7)
    cues = [
        -peak_signal_noise_ratio(frames[i] / 255, frames[i - 1] / 255, data_range=1)
        for i in range(4, 7)
    ]
    assert [x.cue for x in run(detector(COPY), frames)] == pytest.approx(cues, abs=1e-4)


def test_the_copy_needs_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    made = detector(COPY)
    monkeypatch.delattr(type(made.predictor), "encode")
    assert len(run(made, footage(6))) == 2
    with pytest.raises(AttributeError):
        run(detector(PREDICTION), footage(1))


def test_each_frame_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = detector()
    encode = Mock(wraps=made.predictor.encode)
    monkeypatch.setattr(made.predictor, "encode", encode)
    run(made, footage(COUNT))
    assert [len(call.args[0]) for call in encode.call_args_list] == [1] * COUNT


def test_a_frame_of_another_size_is_resized() -> None:
    made, frames = detector(), footage(6, (50, 90))
    stepped = numbers(run(made, frames))
    made.reset()
    seen = [score for x in frames if (score := made.see(resize(x, (32, 64)))) is not None]
    assert stepped == numbers(seen)


def test_stored_features_give_the_same_scores() -> None:
    made, frames = detector(), footage(COUNT)
    computed = run(made, frames)
    images = torch.stack([resize(x, (32, 64)) for x in frames])
    stored = {tap: x.half() for tap, x in made.predictor.encode(images).items()}
    made.reset()
    found = [
        score
        for i, image in enumerate(images)
        if (score := made.see(image, {tap: x[i] for tap, x in stored.items()})) is not None
    ]
    # Half precision of the features moves a PSNR by less than a hundredth of a decibel.
    assert [x.score for x in found] == pytest.approx([x.score for x in computed], abs=0.01)


@pytest.mark.parametrize("ahead", [0, 1, 4, 99])
@pytest.mark.parametrize("cue", [PREDICTION, FUSION], ids=["prediction", "fusion"])
def test_a_stream_says_what_each_frame_alone_says(cue: Config, ahead: int) -> None:
    made, frames = detector(cue, window=WINDOW), footage(COUNT)
    one_by_one = numbers(run(made, frames))
    said = list(made.stream((made.prepare(frame) for frame in frames), ahead))
    assert said[:4] == [None] * 4
    assert numbers([score for score in said if score is not None]) == one_by_one


def test_a_stream_is_no_further_ahead_than_asked() -> None:
    made, asked = detector(COPY), []

    def frames() -> Iterator[tuple[Tensor, Features]]:
        for number, frame in enumerate(footage(COUNT)):
            asked.append(number)
            yield made.prepare(frame)

    stream = made.stream(frames(), ahead=2)
    next(stream)
    assert asked == [0, 1, 2]


def test_a_new_event_forgets_the_old() -> None:
    made, frames = detector(), footage(COUNT)
    first = numbers(run(made, frames))
    assert made.step(frames[0]) is not None
    made.reset()
    assert made.step(frames[0]) is None
    assert numbers(run(made, frames)) == first


def test_scores_above_the_threshold_are_anomalous() -> None:
    made = detector()
    made.threshold.value = -8.0
    scores = np.array([-8.1, -8.0, -7.9, np.nan])
    assert made.threshold.decide(scores).tolist() == [False, False, True, True]


def test_more_configuration_does_no_harm() -> None:
    made = assemble(predictor(), configuration() | {"runs": "/somewhere", "seed": 0})
    parts = {"encoder", "model", "cue", "threshold", "alarm", "window", "size", "backend"}
    assert set(made.config) == parts


def test_the_score_stands_still_while_the_scene_changes() -> None:
    made = detector(window=WINDOW)
    said = [CueValue(float(value), torch.zeros(32, 64), value >= 50) for value in (1, 2, 90, 50, 4)]
    pending = [lambda value=value: value for value in said]
    made.cue = Mock(needs=frozenset({"frames"}), taps=(), start=Mock(side_effect=pending))
    found = [made.see(image) for image in torch.zeros(9, 3, 32, 64, dtype=torch.uint8)]
    scores = [score for score in found if score is not None]
    assert [score.cue for score in scores] == [1, 2, 90, 50, 4]
    assert [score.score for score in scores] == [1, 1.5, 1.5, 1.5, pytest.approx(7 / 3)]
    assert [score.changed for score in scores] == [False, False, True, True, False]


def test_a_forecast_is_that_of_the_features_of_the_next_frame() -> None:
    parts = {"forecast": {"_target_": "vadlit.scoring.cues.forecast.ForecastError", "context": 1}}
    cue = {"_target_": "vadlit.scoring.cues.fusion.Fusion", "parts": parts, "worst": 32}
    made = assemble(predictor(FORECAST), configuration(cue, window=1) | {"model": FORECAST})
    frames = footage(6)
    images = torch.from_numpy(frames).permute(0, 3, 1, 2)
    features = encoder().encode(images, ("layer2",))["layer2"]
    for score in run(made, frames):
        # It begins with the features of the last frame; the parts' range is not learned yet.
        error = features[score.frame] - features[score.frame - 1]
        expected = error.square().mean(dim=0).sqrt()
        torch.testing.assert_close(score.map[::8, ::8], expected, rtol=1e-3, atol=1e-4)
        assert score.cue == pytest.approx(expected.mean().item(), rel=1e-3)


def test_what_the_model_does_not_predict_is_told() -> None:
    with pytest.raises(UserError, match="The cue needs a prediction, and the model makes a fore"):
        assemble(predictor(FORECAST), configuration() | {"model": FORECAST})
    parts = {"forecast": {"_target_": "vadlit.scoring.cues.forecast.ForecastError"}}
    cue = {"_target_": "vadlit.scoring.cues.fusion.Fusion", "parts": parts}
    with pytest.raises(UserError, match="The cue needs a forecast, and the model makes a pred"):
        assemble(predictor(), configuration(cue))
