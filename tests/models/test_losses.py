from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from skimage.metrics import structural_similarity
from torch import Tensor
from torchmetrics.functional.image import structural_similarity_index_measure

from vadlit.errors import UserError
from vadlit.models.losses import PredictionLoss, gradient_l1, mse, perceptual, ssim
from vadlit.models.normalisation import MEAN, STD

CONFIG = Path(__file__).parents[2] / "conf" / "loss" / "thesis.yaml"
THESIS = {"mse": 0.6, "gradient": 0.25, "ssim": 0.15}


def images(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(*shape, generator=generator, dtype=torch.float64)


def similar(seed: int, *shape: int) -> tuple[Tensor, Tensor]:
    """A smooth picture and a slightly noisy, darker copy, as predictions are."""
    coarse = images(seed, shape[0], shape[1], 4, 5)
    target = torch.nn.functional.interpolate(coarse, shape[2:], mode="bilinear")
    return 0.9 * target + 0.1 * images(seed + 1, *shape), target


def pixels(normalised: Tensor) -> Tensor:
    return normalised * torch.tensor(STD).view(3, 1, 1) + torch.tensor(MEAN).view(3, 1, 1)


def never(image: Tensor) -> NoReturn:
    raise AssertionError("the encoder was called")


def reference_ssim(a: Tensor, b: Tensor, data_range: float = 1.0) -> float:
    similarity: float = structural_similarity(
        a.numpy(),
        b.numpy(),
        channel_axis=0,
        data_range=data_range,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    return similarity


def torchmetrics_ssim(a: Tensor, b: Tensor) -> Tensor:
    _, full = structural_similarity_index_measure(a, b, data_range=1.0, return_full_image=True)
    assert isinstance(full, Tensor)
    return full[..., 5:-5, 5:-5].mean()


def naive_gradient_l1(a: Tensor, b: Tensor) -> float:
    (batch, channels, height, width), error = a.shape, (a - b).numpy()
    across, down = [], []
    for n, c, y, x in np.ndindex(batch, channels, height, width):
        if x + 1 < width:
            across.append(abs(error[n, c, y, x + 1] - error[n, c, y, x]))
        if y + 1 < height:
            down.append(abs(error[n, c, y + 1, x] - error[n, c, y, x]))
    return float(np.mean(across) + np.mean(down))


def test_mse_equals_numpy() -> None:
    a, b = images(0, 2, 3, 6, 7), images(1, 2, 3, 6, 7)
    assert mse(a, b).item() == pytest.approx(np.mean((a.numpy() - b.numpy()) ** 2))


def test_gradient_l1_equals_a_loop() -> None:
    a, b = images(0, 2, 3, 6, 9), images(1, 2, 3, 6, 9)
    assert gradient_l1(a, b).item() == pytest.approx(naive_gradient_l1(a, b))


def test_gradient_l1_of_one_edge_by_hand() -> None:
    edge = torch.zeros(1, 1, 4, 5)
    edge[..., 2:] = 3.0
    # One of the four steps across is 3 in every row, no step down differs.
    assert gradient_l1(edge, torch.zeros(1, 1, 4, 5)).item() == pytest.approx(3 / 4)
    assert gradient_l1(edge + 7, edge).item() == 0


def test_gradient_l1_is_differentiated_rightly() -> None:
    target = images(1, 2, 3, 5, 6)
    prediction = images(0, 2, 3, 5, 6).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: gradient_l1(x, target), prediction)


@pytest.mark.parametrize("size", [(11, 11), (24, 37)])
@pytest.mark.parametrize("alike", [True, False])
def test_ssim_equals_scikit_image(size: tuple[int, int], alike: bool) -> None:
    a, b = similar(0, 3, 3, *size)
    b = b if alike else images(9, 3, 3, *size)
    reference = np.mean([reference_ssim(x, y) for x, y in zip(a, b, strict=True)])
    assert ssim(a, b).item() == pytest.approx(reference, abs=1e-9)
    assert ssim(a.float(), b.float()).item() == pytest.approx(reference, abs=1e-5)


def test_ssim_equals_torchmetrics() -> None:
    a, b = similar(0, 2, 3, 24, 37)
    assert ssim(a, b).item() == pytest.approx(torchmetrics_ssim(a, b).item(), abs=1e-7)


def test_ssim_scales_with_the_range() -> None:
    a, b = similar(0, 1, 3, 20, 20)
    reference = reference_ssim(255 * a[0], 255 * b[0], data_range=255)
    assert ssim(255 * a, 255 * b, data_range=255).item() == pytest.approx(reference, abs=1e-9)
    assert ssim(a, b, data_range=255).item() != pytest.approx(reference, abs=1e-3)


def test_ssim_of_equal_images_is_one() -> None:
    a = images(0, 2, 3, 16, 16)
    assert ssim(a, a).item() == pytest.approx(1)


def test_ssim_is_differentiated_rightly() -> None:
    for make in (similar(0, 1, 2, 13, 14), (images(0, 1, 2, 13, 14), images(1, 1, 2, 13, 14))):
        prediction, target = make
        prediction.requires_grad_()
        assert torch.autograd.gradcheck(lambda x, y=target: ssim(x, y), prediction)


def test_ssim_keeps_its_precision_under_autocast() -> None:
    a, b = (x.float() for x in similar(0, 1, 3, 32, 32))
    with torch.autocast("cpu", torch.bfloat16):
        value = ssim(a, b)
    assert value.item() == ssim(a, b).item()


def test_losses_leave_their_arguments_alone() -> None:
    a, b = similar(0, 1, 3, 16, 16)
    before_a, before_b = a.clone(), b.clone()
    for function in (ssim, gradient_l1, mse):
        function(a.requires_grad_(), b)
    assert torch.equal(a, before_a)
    assert torch.equal(b, before_b)


def test_blurring_leaves_the_settings_of_cudnn_alone() -> None:
    before = torch.backends.cudnn.enabled, torch.backends.cudnn.benchmark
    ssim(*similar(0, 1, 3, 16, 16))
    assert (torch.backends.cudnn.enabled, torch.backends.cudnn.benchmark) == before


def test_perceptual_is_the_mean_over_taps_not_elements() -> None:
    features = {"layer2": torch.zeros(1, 4, 8, 8), "layer4": torch.zeros(1, 2, 1, 1)}
    target = {"layer2": torch.full((1, 4, 8, 8), 1.0), "layer4": torch.full((1, 2, 1, 1), 3.0)}
    assert perceptual(features, target).item() == pytest.approx((1 + 9) / 2)


def test_terms_and_total_of_the_thesis() -> None:
    prediction, target = (3 * x - 1.5 for x in similar(0, 2, 3, 24, 30))
    terms = PredictionLoss()(prediction, target, never)
    reference = {
        "mse": np.mean((prediction - target).numpy() ** 2),
        "gradient": naive_gradient_l1(prediction, target),
        "ssim": 1
        - np.mean(
            [reference_ssim(*pair) for pair in zip(pixels(prediction), pixels(target), strict=True)]
        ),
    }
    assert set(terms) == {*reference, "loss"}
    for term, value in reference.items():
        assert terms[term].item() == pytest.approx(value, abs=1e-5)
    total = sum(weight * reference[term] for term, weight in THESIS.items())
    assert terms["loss"].item() == pytest.approx(total, abs=1e-5)


def test_ssim_term_does_not_clip_the_prediction() -> None:
    prediction, target = similar(0, 1, 3, 24, 24)
    prediction = 6 * prediction
    assert pixels(prediction).max() > 1.5
    value = PredictionLoss()(prediction, target, never)["ssim"].item()
    assert value == pytest.approx(
        1 - reference_ssim(pixels(prediction)[0], pixels(target)[0]), abs=1e-5
    )


def test_gradient_of_the_total_equals_autograd_of_a_reference() -> None:
    prediction, target = similar(0, 2, 3, 24, 30)
    prediction.requires_grad_()
    error = prediction - target
    reference = (
        0.6 * error.square().mean()
        + 0.25 * (error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean())
        + 0.15 * (1 - torchmetrics_ssim(pixels(prediction), pixels(target)))
    )
    (expected,) = torch.autograd.grad(reference, prediction)
    loss = PredictionLoss()(prediction, target, never)["loss"]
    (gradient,) = torch.autograd.grad(loss, prediction)
    torch.testing.assert_close(gradient, expected, rtol=1e-3, atol=1e-7)


def test_memory_layout_and_half_precision_change_nothing() -> None:
    prediction, target = (x.bfloat16() for x in similar(0, 2, 3, 24, 30))
    loss = PredictionLoss()
    reference = loss(prediction.float(), target.float(), never)["loss"].item()
    last = prediction.contiguous(memory_format=torch.channels_last)
    assert loss(last, target, never)["loss"].item() == pytest.approx(reference)
    with torch.autocast("cpu", torch.bfloat16):
        assert loss(prediction, target, never)["loss"].item() == pytest.approx(reference)


def test_perceptual_term_encodes_both_and_trains_the_prediction_only() -> None:
    calls: list[tuple[Tensor, bool]] = []

    def encode(image: Tensor) -> dict[str, Tensor]:
        calls.append((image, torch.is_grad_enabled()))
        return {"layer4": 2 * image}

    prediction, target = (x.float() for x in similar(0, 1, 3, 16, 16))
    prediction.requires_grad_()
    terms = PredictionLoss(mse=0, gradient=0, ssim=0, perceptual=0.5)(prediction, target, encode)
    terms["loss"].backward()
    error = (prediction - target).detach()
    assert set(terms) == {"perceptual", "loss"}
    assert terms["loss"].item() == pytest.approx(0.5 * 4 * error.square().mean().item())
    assert prediction.grad is not None
    torch.testing.assert_close(prediction.grad, 0.5 * 8 * error / error.numel())
    assert {enabled for image, enabled in calls if torch.equal(image, target)} == {False}
    assert len(calls) == 2


@pytest.mark.parametrize("term", ["mse", "gradient", "ssim"])
def test_each_weight_scales_its_term_and_0_leaves_it_out(term: str) -> None:
    prediction, target = similar(0, 1, 3, 16, 16)
    thesis = PredictionLoss()(prediction, target, never)
    more = PredictionLoss(**{term: THESIS[term] + 1})(prediction, target, never)
    assert (more["loss"] - thesis["loss"]).item() == pytest.approx(thesis[term].item(), abs=1e-5)
    less = PredictionLoss(**{term: 0})(prediction, target, never)
    assert term not in less
    rest = thesis["loss"] - THESIS[term] * thesis[term]
    assert less["loss"].item() == pytest.approx(rest.item(), abs=1e-6)


@pytest.mark.parametrize("term", ["mse", "gradient", "ssim", "perceptual"])
@pytest.mark.parametrize("weight", [-0.1, float("nan"), float("inf"), "much", None])
def test_an_impossible_weight_is_named(term: str, weight: Any) -> None:
    with pytest.raises(UserError, match=rf"{term} is {weight!r}; it must be 0 or more"):
        PredictionLoss(**{term: weight})


def test_some_weight_must_be_positive() -> None:
    with pytest.raises(UserError, match="positive"):
        PredictionLoss(mse=0, gradient=0, ssim=0, perceptual=0)


def test_configuration_is_the_thesis() -> None:
    loss = instantiate(OmegaConf.load(CONFIG))
    assert isinstance(loss, PredictionLoss)
    assert loss.weights == {**THESIS, "perceptual": 0}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_single_precision_on_a_gpu_equals_double_on_the_cpu() -> None:
    a, b = similar(0, 2, 3, 64, 96)
    c, d = (x.float().cuda().contiguous(memory_format=torch.channels_last) for x in (a, b))
    assert ssim(c, d).item() == pytest.approx(ssim(a, b).item(), abs=1e-5)
