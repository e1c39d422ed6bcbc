import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from vadlit.scoring.cues.memory import BLOCK, CHUNK, Memory, sample


def descriptors(count: int, seed: int) -> Tensor:
    """Some of other lengths than 1."""
    return torch.randn(count, 16, generator=torch.Generator().manual_seed(seed)) / 4


@pytest.mark.parametrize("neighbours", [1, 3])
@pytest.mark.parametrize("remembered", [2 * BLOCK, 7 * BLOCK, 7 * BLOCK + 50])
@pytest.mark.parametrize("count", [1, CHUNK, CHUNK + 1])
def test_distances_are_those_of_the_whole_matrix(
    count: int, remembered: int, neighbours: int
) -> None:
    queries, memory = descriptors(count, 0), descriptors(remembered, 1)
    every = torch.cdist(queries.double(), memory.double())
    expected = every.sort(dim=1).values[:, :neighbours].mean(dim=1).float()
    torch.testing.assert_close(
        Memory(memory).distances(queries, neighbours), expected, atol=1e-5, rtol=0
    )


def test_what_is_remembered_is_near() -> None:
    memory = descriptors(50, 0)
    assert Memory(memory).distances(memory, 1).max() < 1e-3


def test_the_nearest_may_all_be_neighbours_in_the_memory() -> None:
    memory = descriptors(5 * BLOCK, 0)
    near = normalize(memory[BLOCK : BLOCK + 3] + 1e-3, dim=1)
    memory[BLOCK : BLOCK + 3] = near[:1]
    memory[-1] = near[0]
    assert Memory(memory).distances(near[:1], 3).item() == pytest.approx(0, abs=1e-3)
    assert Memory(memory).distances(near[:1], 4).item() == pytest.approx(0, abs=1e-3)
    assert Memory(memory).distances(near[:1], 5).item() > 0.1


def test_a_memory_smaller_than_the_neighbours_gives_the_mean_of_all() -> None:
    memory = torch.eye(2)
    assert Memory(memory).distances(torch.tensor([[1.0, 0.0]]), 5).item() == pytest.approx(
        2**0.5 / 2
    )


def test_no_queries_no_distances() -> None:
    assert Memory(descriptors(5, 0)).distances(torch.empty(0, 16), 3).shape == (0,)


def test_a_sample_is_drawn_evenly_and_has_no_row_twice() -> None:
    drawn = sample(torch.arange(0.0, 100)[:, None], 50, torch.Generator().manual_seed(0)).flatten()
    assert len(drawn) == len(set(drawn.tolist())) == 50
    # Hypergeometric: 30 of 50 are expected to be below 60, with a deviation of 2.5.
    assert 20 <= int((drawn < 60).sum()) <= 40


def test_a_sample_follows_its_seed_and_takes_all_there_is() -> None:
    rows = torch.arange(0.0, 30)[:, None]
    one, same, other = (sample(rows, 10, torch.Generator().manual_seed(s)) for s in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert len(sample(rows, 99, torch.Generator())) == 30
