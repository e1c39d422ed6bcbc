"""The predictor is its encoder, then its decoder, and nothing else."""

import torch
from torch import Tensor

from tests.detectors import BASE, footage, predictor
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.models.normalisation import denormalise

SKIPTWICE = {"_target_": "vadlit.models.decoders.skiptwice.SkipTwiceDecoder"}


def frames(count: int) -> Tensor:
    """Random frames, uint8 (count, 3, 32, 64)."""
    return torch.from_numpy(footage(count)).permute(0, 3, 1, 2)


def batch(*sequences: dict[str, Tensor]) -> dict[str, Tensor]:
    """Sequences' features, stacked."""
    return {tap: torch.stack([x[tap] for x in sequences]) for tap in sequences[0]}


def test_a_prediction_has_the_size_of_a_frame() -> None:
    for model in (BASE, SKIPTWICE):
        made = predictor(model).eval()
        features = made.encode(frames(INPUT_FRAMES))
        assert set(features) == set(made.taps)
        assert made.predict(batch(features, features)).shape == (2, 3, 32, 64)


def test_time_is_flattened_frame_by_frame_into_channels() -> None:
    made = predictor().eval()
    features = made.encode(frames(INPUT_FRAMES))
    joined = torch.cat([features["layer4"][i] for i in range(INPUT_FRAMES)])
    with torch.no_grad():
        torch.testing.assert_close(
            made(batch(features))[0], made.decoder({"layer4": joined[None]})[0]
        )


def test_pixels_are_denormalised_and_clipped() -> None:
    made = predictor().eval()
    with torch.no_grad():
        made.decoder.head.weight.mul_(1000)  # type: ignore[union-attr, operator]
        features = batch(made.encode(frames(INPUT_FRAMES)))
        raw = denormalise(made(features))
    assert raw.min() < 0
    assert raw.max() > 1
    pixels = made.predict(features)
    assert not pixels.requires_grad
    torch.testing.assert_close(pixels, raw.clip(0, 1))


def test_half_precision_features_are_taken() -> None:
    made = predictor().eval()
    features = batch(made.encode(frames(INPUT_FRAMES)))
    half = made.predict({tap: x.half() for tap, x in features.items()})
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, made.predict(features), atol=2e-3, rtol=0)


def test_every_frame_is_encoded_by_itself() -> None:
    made, seen = predictor().eval(), frames(3)
    together = made.encode(seen)["layer4"]
    for i in range(3):
        alone = made.encode(seen[i : i + 1])["layer4"][0]
        torch.testing.assert_close(together[i], alone, atol=1e-4, rtol=1e-4)


def test_it_is_where_its_decoder_is() -> None:
    assert predictor().device == torch.device("cpu")
