import pytest
import torch
from torchvision.transforms import functional

from vadlit.models.normalisation import denormalise, normalise


@pytest.mark.parametrize("leading", [(), (2,), (2, 5)])
def test_equals_torchvision_for_any_leading_dimensions(leading: tuple[int, ...]) -> None:
    pixels = torch.rand(*leading, 3, 6, 8)
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    torch.testing.assert_close(normalise(pixels), functional.normalize(pixels, mean, std))


def test_denormalise_undoes_it_without_clipping() -> None:
    pixels = 3 * torch.rand(2, 5, 3, 6, 8) - 1
    torch.testing.assert_close(denormalise(normalise(pixels)), pixels)


def test_keeps_the_type() -> None:
    pixels = torch.rand(3, 6, 8, dtype=torch.float64)
    assert denormalise(normalise(pixels)).dtype == torch.float64
