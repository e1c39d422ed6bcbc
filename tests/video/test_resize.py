import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms.v2 import functional

from vadlit.video.resize import resize

SCENE = np.random.default_rng(0).integers(0, 256, (10, 15, 3), dtype=np.uint8).repeat(24, 0)
FRAME = SCENE.repeat(24, 1)  # as large as a frame of Ped2, 240x360


@pytest.mark.parametrize("size", [(224, 288), (64, 96), (32, 64), (480, 512)])
def test_equals_pillow_within_rounding(size: tuple[int, int]) -> None:
    expected = Image.fromarray(FRAME).resize(size[::-1], Image.Resampling.BILINEAR)
    resized = resize(FRAME, size)
    assert resized.dtype == torch.uint8
    assert resized.shape == (3, *size)
    difference = resized.permute(1, 2, 0).numpy().astype(int) - np.asarray(expected)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("size", [(224, 288), (32, 64)])
def test_equals_torchvision_in_single_precision_within_rounding(size: tuple[int, int]) -> None:
    image = torch.from_numpy(FRAME).permute(2, 0, 1).float()
    expected = functional.resize(image, list(size), antialias=True)
    assert (resize(FRAME, size) - expected).abs().max() <= 1


@pytest.mark.parametrize("size", [(224, 288), (32, 64), (480, 512)])
def test_equals_torchvision(size: tuple[int, int]) -> None:
    if "AVX" not in torch.backends.cpu.get_cpu_capability():
        pytest.skip("torchvision resizes in single precision on a CPU without AVX2")
    image = torch.from_numpy(FRAME).permute(2, 0, 1)
    assert torch.equal(resize(FRAME, size), functional.resize(image, list(size), antialias=True))


def test_shrinking_averages_instead_of_picking() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    inner = resize(stripes, (32, 8))[:, :, 1:-1].float()
    assert (inner - 100).abs().max() <= 5


def test_the_working_size_leaves_a_frame_as_it_is() -> None:
    assert np.array_equal(resize(FRAME, (240, 360)).permute(1, 2, 0).numpy(), FRAME)


def test_a_read_only_frame_is_taken_and_not_shared() -> None:
    frame = FRAME.copy()
    frame.flags.writeable = False
    resize(frame, (240, 360)).zero_()
    assert np.array_equal(frame, FRAME)
