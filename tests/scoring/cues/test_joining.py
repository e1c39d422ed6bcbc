import numpy as np
import pytest
import torch
from torch import Tensor

from vadlit.errors import UserError
from vadlit.scoring.cues.joining import (
    Joining,
    Looks,
    Scale,
    joined,
    mean_of_worst,
    normal_scale,
    standardised,
)


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


def of(cells: torch.Tensor, activities: torch.Tensor) -> Looks:
    """Looks at a scene that does not change."""
    return Looks(cells, activities, torch.zeros(len(cells), dtype=torch.bool))


def test_a_frame_is_judged_by_normal_ones_in_which_as_much_moves() -> None:
    generator = torch.Generator().manual_seed(0)
    resting, bursting = 200, 100
    level = torch.cat([torch.zeros(resting), torch.full((bursting,), 6.0)])
    cells = torch.randn(len(level), 1, 4, 5, generator=generator) + level[:, None, None, None]
    activities = level / 3 - 5
    joining = Joining(torch.ones(1), worst=3)
    joining.learn(of(cells, activities))
    # An anomaly at rest is less than what each burst brings, and yet more unusual.
    odd = of(torch.full((2, 1, 4, 5), 4.0), torch.tensor([-5.0, -3.0]))
    at_rest, in_burst = joining.values(joining.totals(odd))
    normal = joining.values(joining.totals(of(cells, activities)))
    assert at_rest > normal.max() > in_burst
    for part in normal[:resting], normal[resting:]:
        assert part.mean().item() == pytest.approx(0, abs=0.3)
        assert part.std().item() == pytest.approx(1, abs=0.3)


def test_what_was_learned_joins_alike() -> None:
    looks = of(frames(0), torch.linspace(-5, -3, 10))
    made, other = (Joining(torch.tensor([1.0, 2.0]), worst=3) for _ in range(2))
    made.learn(looks)
    other.restore(made.state())
    assert torch.equal(other.totals(looks), made.totals(looks))
