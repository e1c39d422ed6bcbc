"""What every augmentation keeps to."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from tests.models.augmentation.footage import sequences, still
from vadlit.models.augmentation.contrast import Contrast
from vadlit.models.augmentation.directional import Directional
from vadlit.models.augmentation.general import General
from vadlit.models.augmentation.light import Light
from vadlit.models.augmentation.lighting import Lighting
from vadlit.models.augmentation.shadow import Shadow
from vadlit.models.augmentation.temperature import Temperature

Make = Callable[[], nn.Module]


def light() -> Light:
    return Light(shadow=Shadow(), directional=Directional(), contrast=Contrast())


ALL = pytest.mark.parametrize(
    "make", [General, Lighting, Shadow, Directional, Temperature, Contrast, light]
)


@ALL
def test_all_frames_of_a_sequence_change_alike_and_each_sequence_by_itself(make: Make) -> None:
    torch.manual_seed(0)
    changed = make()(still(sequences(1)[0, 0], batch=4))
    for frames in changed:
        assert torch.equal(frames, frames[:1].expand_as(frames))
    for i in range(4):
        for j in range(i):
            assert not torch.allclose(changed[i], changed[j], atol=1e-3)


@ALL
def test_frames_do_not_mix(make: Make) -> None:
    x, augmentation = sequences(2), make()
    torch.manual_seed(0)
    forward = augmentation(x)
    torch.manual_seed(0)
    torch.testing.assert_close(augmentation(x.flip(1)), forward.flip(1))
    assert not torch.allclose(forward[:, 0], forward[:, 1], atol=0.1)


@ALL
def test_draws_anew_for_each_batch_and_a_seed_repeats(make: Make) -> None:
    x, augmentation = sequences(2), make()
    torch.manual_seed(0)
    first, second = augmentation(x), augmentation(x)
    torch.manual_seed(0)
    assert torch.equal(augmentation(x), first)
    assert not torch.allclose(first, second, atol=1e-3)


@ALL
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_shape_type_and_range_and_leaves_its_input(make: Make, dtype: torch.dtype) -> None:
    x = (1.5 * sequences(8) - 0.25).clamp(0, 1).to(dtype)
    before = x.clone()
    changed = make()(x)
    assert changed.shape == x.shape
    assert changed.dtype == dtype
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert torch.equal(x, before)


@ALL
def test_memory_layout_changes_nothing(make: Make) -> None:
    x, augmentation = sequences(2), make()
    torch.manual_seed(0)
    expected = augmentation(x)
    torch.manual_seed(0)
    permuted = x.permute(0, 1, 3, 4, 2).contiguous().permute(0, 1, 4, 2, 3)
    torch.testing.assert_close(augmentation(permuted), expected)


@ALL
@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_draws_the_same_on_a_gpu(make: Make) -> None:
    x, augmentation = sequences(4), make()
    torch.manual_seed(0)
    expected = augmentation(x)
    torch.manual_seed(0)
    changed = augmentation.cuda()(x.cuda())
    assert changed.is_cuda
    torch.testing.assert_close(changed.cpu(), expected, rtol=0, atol=1e-3)
