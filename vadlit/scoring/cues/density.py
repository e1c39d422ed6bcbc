"""How rare it is that a place moves in such a way: too fast, the wrong way, or not at all."""

from collections.abc import Sequence

import torch
from torch import Tensor

from vadlit.checks import check_every_second
from vadlit.scoring.cells import CELL, around, cell_means
from vadlit.scoring.flow import DenseFlow
from vadlit.scoring.view import View, spread

# Frames that it is learned from.
FRAMES = 1000
# Pixels a frame. What is slower than the first has stopped; each of the others begins a ring.
SPEEDS = torch.tensor([0.25, 0.5, 1.0, 2.0, 4.0])
DIRECTIONS = 8
KINDS = 1 + len(SPEEDS) * DIRECTIONS
# Frames that what is seen anywhere counts for at each place.
PRIOR = 5.0


class Density:
    """`-log` of the share of normal frames in which a place moves as it does now.

    Ways to move are standing still, and five speeds in eight directions. Shares are those of a
    cell and the eight around it, and a little of those of the whole picture. A place that always
    moves is unusual when it stands still; one that mostly waits is not.

    Args:
        window: Height and width that the flow is averaged over, pixels, even, 8 or more.

    Source: a histogram of flow by place, as in Adam, Rivlin, Shimshoni, Reinitz: Robust real-time
    unusual event detection using multiple fixed-location monitors. TPAMI 30(3), 2008.
    """

    needs = frozenset({"frames"})
    taps: tuple[str, ...] = ()
    changed = False

    def __init__(self, window: int = 16) -> None:
        check_every_second("cue.parts.density.window", window, CELL)
        self.window = window
        self.surprise = torch.empty(0)
        self._flow = DenseFlow()

    def learn(self, normal: Sequence[View]) -> None:
        """Count how each place moves in normal footage."""
        ways = torch.stack([self._ways(normal[number]) for number in spread(normal, FRAMES)])
        counts = torch.stack([(ways == kind).sum(dim=0) for kind in range(KINDS)]).float()
        anywhere = (counts.sum(dim=(1, 2)) + 1) / (counts.sum() + KINDS)
        density = (around(counts, 3) + PRIOR * anywhere[:, None, None]) / (len(ways) + PRIOR)
        self.surprise = -density.log()

    def reset(self) -> None:
        """Nothing is kept that a frame of another event could be taken for."""

    def cells(self, view: View) -> Tensor:
        """How unusual the motion of each cell is, (h, w), 0 or more."""
        return self.surprise.gather(0, self._ways(view)[None])[0]

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"surprise": self.surprise}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.surprise = state["surprise"]

    def _ways(self, view: View) -> Tensor:
        """The way each cell moves, (h, w) in 0 to KINDS - 1; 0 is not at all."""
        vectors = torch.from_numpy(self._flow(view).vectors)
        right, down = (cell_means(part, self.window) for part in vectors.unbind(dim=2))
        ring = torch.bucketize(right.hypot(down), SPEEDS, right=True)
        turn = torch.atan2(down, right) / (2 * torch.pi)
        direction = (turn * DIRECTIONS).round().long() % DIRECTIONS
        return torch.where(ring == 0, 0, 1 + (ring - 1) * DIRECTIONS + direction)
