"""What is fused equals the same written out, in double precision, and its autograd."""

import pytest
import torch
from torch import Tensor

from vadlit.models.fused import fused
from vadlit.models.losses import PIXELWISE

THESIS = {"mse": 0.6, "gradient": 0.25, "ssim": 0.15}


def images(*shape: int) -> tuple[Tensor, Tensor]:
    """A smooth target and a noisy prediction of it, normalised, channels last."""
    torch.manual_seed(0)
    coarse = torch.randn(shape[0], 3, 4, 5)
    target = torch.nn.functional.interpolate(coarse, shape[1:], mode="bilinear")
    prediction = 0.9 * target + 0.2 * torch.randn_like(target)
    a, b = (x.contiguous(memory_format=torch.channels_last) for x in (prediction, target))
    return a.requires_grad_(), b


def written_out(prediction: Tensor, target: Tensor) -> dict[str, Tensor]:
    return {name: term(prediction, target) for name, term in PIXELWISE.items()}


@pytest.mark.parametrize("size", [(11, 11), (12, 40), (64, 37)])
def test_terms_and_gradient(size: tuple[int, int]) -> None:
    prediction, target = images(3, *size)
    total, terms = fused(prediction, target, THESIS)
    (slope,) = torch.autograd.grad(total, prediction)
    exact = prediction.detach().double().requires_grad_()
    right = written_out(exact, target.double())
    weighted = torch.stack([THESIS[name] * value for name, value in right.items()]).sum()
    (expected,) = torch.autograd.grad(weighted, exact)
    for name, value in right.items():
        assert terms[name].item() == pytest.approx(value.item(), rel=1e-5, abs=1e-6), name
    assert total.item() == pytest.approx(weighted.item(), rel=1e-5)
    scale = expected.abs().max().item()
    torch.testing.assert_close(slope.double(), expected, rtol=1e-4, atol=1e-5 * scale)


@pytest.mark.parametrize("term", THESIS)
def test_each_weight_has_its_own_gradient(term: str) -> None:
    prediction, target = images(2, 20, 24)
    weights = dict.fromkeys(THESIS, 0.0) | {term: 2.0}
    (slope,) = torch.autograd.grad(fused(prediction, target, weights)[0], prediction)
    exact = prediction.detach().double().requires_grad_()
    (expected,) = torch.autograd.grad(2 * PIXELWISE[term](exact, target.double()), exact)
    scale = expected.abs().max().item()
    torch.testing.assert_close(slope.double(), expected, rtol=1e-4, atol=1e-5 * scale)


def test_equal_images_have_no_error_and_no_gradient() -> None:
    _, target = images(2, 16, 16)
    same = target.clone().requires_grad_()
    total, terms = fused(same, target, THESIS)
    assert [terms[name].item() for name in THESIS] == pytest.approx([0, 0, 0], abs=1e-6)
    (slope,) = torch.autograd.grad(total, same)
    assert slope.abs().max() < 1e-7


def test_threads_share_the_images_and_change_nothing() -> None:
    prediction, target = images(5, 32, 32)
    before = torch.get_num_threads()
    try:
        found = []
        for threads in (1, 3):
            torch.set_num_threads(threads)
            total, _ = fused(prediction, target, THESIS)
            found.append((total, *torch.autograd.grad(total, prediction)))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])


def test_arguments_stay_as_they_were() -> None:
    prediction, target = images(1, 16, 16)
    copies = prediction.detach().clone(), target.clone()
    fused(prediction, target, THESIS)[0].backward()  # type: ignore[no-untyped-call]
    assert torch.equal(prediction, copies[0])
    assert torch.equal(target, copies[1])
