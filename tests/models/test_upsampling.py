import pytest
import torch
from torch import Tensor
from torch.nn import functional

from vadlit.models.upsampling import Upsampling


def made(*shape: int, dtype: torch.dtype = torch.float64) -> tuple[Upsampling, Tensor]:
    torch.manual_seed(0)
    layer = Upsampling(shape[1], 5).to(dtype)
    return layer, torch.randn(*shape, dtype=dtype, requires_grad=True)


def reference(layer: Upsampling, x: Tensor) -> Tensor:
    return functional.conv_transpose2d(x, layer.weight, stride=2, padding=1, output_padding=1)


@pytest.mark.parametrize("shape", [(2, 3, 4, 6), (1, 2, 1, 1), (3, 4, 1, 5)])
def test_values_and_gradients_are_pytorchs(shape: tuple[int, ...]) -> None:
    layer, x = made(*shape)
    upsampled, expected = layer(x), reference(layer, x)
    assert torch.equal(upsampled, expected)
    grad = torch.randn_like(expected)
    found = torch.autograd.grad(upsampled, (x, layer.weight), grad)
    right = torch.autograd.grad(expected, (x, layer.weight), grad)
    for a, b in zip(found, right, strict=True):
        torch.testing.assert_close(a, b)


def test_channels_last_in_single_precision() -> None:
    layer, x = made(2, 8, 6, 7, dtype=torch.float32)
    layer = layer.to(memory_format=torch.channels_last)
    last = x.detach().contiguous(memory_format=torch.channels_last).requires_grad_()
    grad = torch.randn(2, 5, 12, 14).contiguous(memory_format=torch.channels_last)
    found = torch.autograd.grad(layer(last), (last, layer.weight), grad)
    right = torch.autograd.grad(reference(layer, x), (x, layer.weight), grad)
    for a, b in zip(found, right, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_it_trains_under_autocast() -> None:
    layer, x = made(2, 8, 6, 7, dtype=torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        upsampled = layer(x)
    assert upsampled.dtype == torch.bfloat16
    upsampled.float().sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad.dtype == torch.float32


def test_its_state_is_that_of_a_transposed_convolution() -> None:
    layer, _ = made(1, 3, 2, 2)
    plain = torch.nn.ConvTranspose2d(3, 5, 3, stride=2, padding=1, output_padding=1, bias=False)
    plain.double().load_state_dict(layer.state_dict())
    assert plain.weight.shape == (3, 5, 3, 3)
