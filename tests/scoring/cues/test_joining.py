import numpy as np
import pytest
import torch
from torch import Tensor

from vadlit.errors import UserError
from vadlit.scoring.cues.joining import Scale, joined, mean_of_worst, normal_scale, standardised


def frames(seed: int) -> Tensor:
    """Ten frames of two parts, the first of which is silent in a row."""
    scales = torch.tensor([3.0, 0.1])[:, None, None]
    cells = torch.randn(10, 2, 4, 5, generator=torch.Generator().manual_seed(seed)) * scales
    cells[:, 0, 1] = torch.nan
    return cells


def test_the_range_is_that_of_the_cells_all_parts_speak_about() -> None:
    cells = frames(0)
    means, deviations = normal_scale(cells)
    spoken = np.delete(cells.double().numpy(), 1, axis=2)
    np.testing.assert_allclose(means, spoken.mean(axis=(0, 2, 3)), atol=1e-6)
    rows = spoken.transpose(1, 0, 2, 3).reshape(2, -1)
    np.testing.assert_allclose(deviations, rows.std(axis=1, ddof=1), rtol=1e-5)


def test_where_nobody_speaks_there_is_no_range() -> None:
    with pytest.raises(UserError, match="nothing in front of its background"):
        normal_scale(torch.full((3, 2, 4, 5), torch.nan))


def test_many_frames_give_what_each_gives() -> None:
    scale, weights = Scale(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 0.5])), torch.tensor([2, 1])
    cells = frames(1)
    total = joined(cells, scale, weights)
    values = mean_of_worst(total, 3)
    assert total.shape == (10, 4, 5)
    for number, each in enumerate(cells):
        assert torch.equal(total[number], joined(each, scale, weights))
        highest = sorted(total[number].flatten().tolist())[-3:]
        assert values[number].item() == pytest.approx(sum(highest) / 3)
    silent = standardised(cells, scale)[:, 0, 1]
    assert torch.equal(silent, torch.zeros_like(silent))


def test_all_cells_decide_where_there_are_fewer() -> None:
    total = torch.arange(6.0).reshape(2, 3)
    assert mean_of_worst(total, 10).item() == 2.5
