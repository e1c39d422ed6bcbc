"""Which sequences an epoch trains on."""

from abc import abstractmethod
from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.utils.data import Sampler

from vadlit.processes import rank, world


class SeededSequences(Sampler[int]):
    """A draw that is a function of seed and epoch alone.

    So a resumed run draws what an uninterrupted one would have. Of several processes each takes
    its own share of every batch, and all of them together what one alone would have.

    Args:
        count: Sequences an epoch.
        seed: Seed of the run.
    """

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that is drawn next; Lightning calls it."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(range(rank(), self.count, world()))

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        yield from self.draw(generator)[rank() :: world()].tolist()

    @abstractmethod
    def draw(self, generator: Generator) -> Tensor:
        """Draw the numbers (count,) of an epoch's sequences, in random order."""


class RandomSequences(SeededSequences):
    """N random sequences an epoch, without replacement while the pool lasts (thesis 3.3.2).

    Args:
        pool: Sequences to draw from.
        count: N, sequences an epoch.
        seed: Seed of the run.
    """

    def __init__(self, pool: int, count: int, seed: int) -> None:
        super().__init__(count, seed)
        self.pool = pool

    def draw(self, generator: Generator) -> Tensor:
        """Draw from the whole pool."""
        return shuffled(self.pool, self.count, generator)


def shuffled(pool: int, count: int, generator: Generator) -> Tensor:
    """Draw `count` numbers below `pool`, which is used up before any of it comes again."""
    rounds = max(1, -(-count // pool))
    return torch.cat([torch.randperm(pool, generator=generator) for _ in range(rounds)])[:count]
