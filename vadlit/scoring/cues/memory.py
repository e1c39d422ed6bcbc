"""What normal looks like, as some descriptors, and how far from it a descriptor is."""

import torch
from torch import Tensor

# Distances are made for this many descriptors at a time: the whole matrix would not fit a cache.
CHUNK = 256
# Of so many values the highest is taken first: the nearest are in the blocks that lead.
BLOCK = 100


def sample(rows: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """At most `size` of the rows (n, C), drawn evenly."""
    return rows[torch.randperm(len(rows), generator=generator)[:size]]


class Memory:
    """Descriptors of normal footage, rows (m, C), that others are compared with."""

    def __init__(self, rows: Tensor) -> None:
        self.rows = rows
        self._halves = rows.square().sum(dim=1) / 2

    def distances(self, queries: Tensor, neighbours: int) -> Tensor:
        """Mean Euclidean distance of descriptors to their nearest ones in the memory.

        Args:
            queries: (n, C).
            neighbours: How many nearest ones are averaged, 1 to m.

        Returns:
            (n,), at least 0.

        Source: k-nearest-neighbour distance, as in Roth et al.: Towards total recall in industrial
        anomaly detection. CVPR 2022, section 3.3.
        """
        count, found = min(neighbours, len(self.rows)), []
        for chunk in torch.split(queries, CHUNK):
            # Of |q - m|^2 = |q|^2 - 2 (q m - |m|^2 / 2) the bracket alone tells which are nearest.
            nearest = _highest(torch.addmm(-self._halves, chunk, self.rows.T), count)
            squares = chunk.square().sum(dim=1, keepdim=True) - 2 * nearest
            found.append(squares.clamp(min=0).sqrt().mean(dim=1))
        return torch.cat(found) if found else queries.new_empty(0)


def _highest(values: Tensor, count: int) -> Tensor:
    """The highest of each row (n, m), (n, count); in a fraction of the time of `topk` alone."""
    blocks = values.shape[1] // BLOCK
    if blocks < count:
        return values.topk(count, dim=1).values
    whole, rest = values[:, : blocks * BLOCK], values[:, blocks * BLOCK :]
    whole = whole.view(-1, blocks, BLOCK)
    leading = whole.amax(dim=2).topk(count, dim=1).indices
    among = whole.gather(1, leading[..., None].expand(-1, -1, BLOCK)).flatten(1)
    return torch.cat([among, rest], dim=1).topk(count, dim=1).values
