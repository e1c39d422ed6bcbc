"""Which of several processes that train one model together this one is.

Each draws the same epoch and takes its own share of every batch; the gradients are averaged.
"""

from torch import distributed


def rank() -> int:
    """The number of this process, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def world() -> int:
    """How many processes there are; 1 unless several have joined."""
    return distributed.get_world_size() if distributed.is_initialized() else 1
