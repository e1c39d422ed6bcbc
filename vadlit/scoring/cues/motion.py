"""How fast things move at a place, whatever the light does."""

from collections.abc import Sequence

import torch
from torch import Tensor

from vadlit.checks import check_every_second
from vadlit.scoring.cells import CELL, cell_means
from vadlit.scoring.flow import DenseFlow, lengths
from vadlit.scoring.view import View, spread

# Frames that the change of contrast is learned from, the share of cells that are not fast, and the
# share of the fast ones whose contrast changes less than is asked for.
FRAMES, FAST, LITTLE = 300, 0.99, 0.1
LEAST_CHANGE = torch.tensor(1e-3)


class Motion:
    """Speed of the dense optical flow from the last frame, averaged around each cell.

    On a plain surface under a shadow the flow is a guess. What moves also changes the contrast
    where it passes, so a speed counts by how far that has changed, up to the change that the fast
    things of normal footage bring about.

    Args:
        window: Height and width that the speed is averaged over, pixels, even, 8 or more.
    """

    needs = frozenset({"frames"})
    taps: tuple[str, ...] = ()
    changed = False

    def __init__(self, window: int = 16) -> None:
        check_every_second("cue.parts.motion.window", window, CELL)
        self.window = window
        # Grey levels of contrast. Until it is learned, any change will do.
        self.change = LEAST_CHANGE
        self._flow = DenseFlow()

    def learn(self, normal: Sequence[View]) -> None:
        """Take from normal footage how much contrast changes where something moves fast."""
        chosen = spread(normal, FRAMES)
        speeds, changes = zip(*(self._moved(normal[number]) for number in chosen), strict=True)
        speed, change = torch.stack(speeds), torch.stack(changes)
        fast = speed >= speed.quantile(FAST)
        self.change = change[fast].quantile(LITTLE).maximum(LEAST_CHANGE)

    def reset(self) -> None:
        """Nothing is kept that a frame of another event could be taken for."""

    def cells(self, view: View) -> Tensor:
        """Mean speed around each cell, pixels a frame, (h, w)."""
        speed, change = self._moved(view)
        return speed * (change / self.change).clamp(max=1)

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"change": self.change}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.change = state["change"]

    def _moved(self, view: View) -> tuple[Tensor, Tensor]:
        """Speed around each cell, pixels a frame, and change of contrast, grey levels, (h, w)."""
        vectors, change = self._flow(view)
        each = (cell_means(torch.from_numpy(x), self.window) for x in (lengths(vectors), change))
        moved, changed = each
        return moved, changed
