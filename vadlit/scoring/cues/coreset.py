"""A few descriptors that stand for many: none of the rest is far from all of them."""

import torch
from torch import Tensor

# Distances are compared in a random projection to so many dimensions, which keeps them roughly.
DIMENSIONS = 32


def coreset(rows: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Rows (n, C), at most `size`, each the farthest from those before it; the first is drawn.

    What normal footage shows a thousand times it shows once here, and what it shows once is kept;
    a sample would forget it, and take it for an anomaly.

    Source: Gonzalez: Clustering to minimize the maximum intercluster distance. Theoretical
    Computer Science 38, 1985; for descriptors, Roth et al.: Towards total recall in industrial
    anomaly detection. CVPR 2022, section 3.2.
    """
    if len(rows) <= size:
        return rows
    projection = torch.randn(rows.shape[1], DIMENSIONS, generator=generator)
    points = rows @ projection
    lengths = points.square().sum(dim=1)
    nearest = torch.full_like(lengths, torch.inf)
    chosen = [int(torch.randint(len(rows), (), generator=generator))]
    for _ in range(size - 1):
        last = chosen[-1]
        away = torch.addmv(lengths, points, points[last], alpha=-2) + lengths[last]
        torch.minimum(nearest, away, out=nearest)
        # Rounding must not let a row be chosen again.
        nearest[last] = -torch.inf
        chosen.append(int(nearest.argmax()))
    return rows[chosen]
