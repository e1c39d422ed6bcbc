import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter

from vadlit.errors import UserError
from vadlit.scoring.cues.forecast import ForecastError
from vadlit.scoring.view import View


def test_it_is_the_root_mean_square_around_each_cell() -> None:
    generator = torch.Generator().manual_seed(0)
    forecast, true = torch.rand(2, 5, 8, 12, generator=generator)
    cells = ForecastError(3).cells(View(true[None], forecast, {"layer2": true.half()}))
    squares = ((forecast - true.half()) ** 2).mean(dim=0).double().numpy()
    expected = np.sqrt(uniform_filter(squares, 3))[1:-1, 1:-1]
    np.testing.assert_allclose(cells[1:-1, 1:-1], expected, rtol=1e-4)
    # At the border, the mean of what there is.
    np.testing.assert_allclose(cells[0, 0] ** 2, squares[:2, :2].mean(), rtol=1e-4)


def test_one_cell_is_a_cell_by_itself() -> None:
    true = torch.zeros(4, 3, 3)
    forecast = true.clone()
    forecast[:, 1, 1] = torch.tensor([2.0, 0, 0, 0])
    expected = torch.zeros(3, 3)
    expected[1, 1] = 1
    found = ForecastError(1).cells(View(true[None], forecast, {"layer2": true}))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("context", [2, 0])
def test_a_context_that_is_no_odd_number_is_refused(context: int) -> None:
    with pytest.raises(UserError, match=rf"cue\.parts\.forecast\.context is {context}; .* odd"):
        ForecastError(context)
