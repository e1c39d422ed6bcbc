import numpy as np
import pytest
import torch

from tests.scoring.cues.predictions import pixels, seen
from vadlit.errors import UserError
from vadlit.scoring.cues.block import Block
from vadlit.scoring.view import Cue


def test_it_is_the_mean_over_sizes_of_the_worst_block() -> None:
    cue: Cue = Block([8, 24])
    prediction, target = pixels(0), pixels(1)
    squares = ((prediction - target) ** 2).mean(dim=0).double().numpy()
    worst, blocks = [], []
    for size in (8, 24):
        margin = (size - 8) // 2
        padded = np.pad(squares, margin, mode="edge")
        means = [
            [padded[y : y + size, x : x + size].mean() for x in range(0, 96, 8)]
            for y in range(0, 64, 8)
        ]
        blocks.append(np.sqrt(means))
        worst.append(10 * np.log10(np.max(means)))
    value, where, _ = cue(seen(prediction, target))
    assert value == pytest.approx(np.mean(worst), abs=1e-3)
    np.testing.assert_allclose(where[::8, ::8], np.mean(blocks, axis=0), atol=1e-5)
    assert where.shape == target.shape[1:]


def test_a_small_thing_counts_as_much_in_a_large_frame() -> None:
    small, large = torch.full((3, 64, 96), 0.5), torch.full((3, 256, 288), 0.5)
    found = []
    for target in (small, large):
        prediction = target.clone()
        prediction[:, 24:32, 40:48] += 0.4
        found.append(Block([8, 16])(seen(prediction, target)).value)
    # All of a block of 8 is off by 0.4, and a quarter of one of 16.
    assert found == pytest.approx([10 * np.log10(0.4**2 * 0.5)] * 2, abs=1e-3)


@pytest.mark.parametrize("sizes", [[], [4], [9], [8.0], [16, 0]])
def test_sizes_are_even_and_a_cell_or_more(sizes: list[int]) -> None:
    with pytest.raises(UserError, match=r"cue\.sizes is .*; allowed are even whole numbers of 8"):
        Block(sizes)
