from typing import Any

import pytest
import torch

from vadlit.errors import UserError
from vadlit.scoring.cues.error import PredictionError
from vadlit.scoring.view import View


def test_it_is_the_root_mean_square_around_each_cell() -> None:
    frames = torch.rand(5, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    prediction = frames[-1].clone()
    prediction[:, 3, 3] += 0.4
    cells = PredictionError(8).cells(View(frames, prediction))
    expected = torch.zeros(2, 3)
    expected[0, 0] = (0.4**2 / 64) ** 0.5
    torch.testing.assert_close(cells, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("window", [7, 0])
def test_a_window_that_is_no_even_number_is_refused(window: Any) -> None:
    with pytest.raises(UserError, match=rf"cue\.parts\.error\.window is {window}; .* even .* 8"):
        PredictionError(window)
