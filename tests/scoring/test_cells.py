import numpy as np
import torch

from vadlit.scoring.cells import CELL, cell_means, grey, to_pixels


def test_a_cell_is_the_mean_of_its_pixels() -> None:
    image = torch.rand(24, 40, generator=torch.Generator().manual_seed(0))
    expected = image.numpy().reshape(3, CELL, 5, CELL).mean(axis=(1, 3))
    np.testing.assert_allclose(cell_means(image), expected, atol=1e-6)


def test_a_wider_window_is_centred_and_repeats_the_border() -> None:
    image = torch.rand(24, 40, generator=torch.Generator().manual_seed(1))
    padded = np.pad(image.numpy(), 4, mode="edge")
    expected = [
        [padded[y : y + 16, x : x + 16].mean() for x in range(0, 40, CELL)]
        for y in range(0, 24, CELL)
    ]
    np.testing.assert_allclose(cell_means(image, 16), expected, atol=1e-6)


def test_cells_spread_over_their_pixels() -> None:
    cells = torch.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(to_pixels(cells), np.kron(cells.numpy(), np.ones((CELL, CELL))))


def test_grey_is_luma() -> None:
    frame = torch.tensor([[1.0, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]])[:, None]
    assert grey(frame).tolist() == [[76, 150, 29, 255]]
