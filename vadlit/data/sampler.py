"""Which sequences an epoch trains on."""

from collections.abc import Iterator

import torch
from torch.utils.data import Sampler


class RandomSequences(Sampler[int]):
    """N random sequences an epoch, without replacement while the pool lasts.

    A pool smaller than N is used up before any of it comes again. The draw is a function of seed
    and epoch alone, so a resumed run draws what an uninterrupted one would have (thesis 3.3.2).

    Args:
        pool: Sequences to draw from.
        count: N, sequences an epoch.
        seed: Seed of the run.
    """

    def __init__(self, pool: int, count: int, seed: int) -> None:
        self.pool = pool
        self.count = count
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that is drawn next; Lightning calls it."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        rounds = -(-self.count // self.pool)
        drawn = [torch.randperm(self.pool, generator=generator) for _ in range(rounds)]
        yield from torch.cat(drawn)[: self.count].tolist()
