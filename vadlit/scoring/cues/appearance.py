"""How unlike normal footage a place looks."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from vadlit.scoring.cells import cell_means, grey
from vadlit.scoring.cues.memory import distances, sample
from vadlit.scoring.view import View

# Frames that the background is the median of, and frames that the memory is drawn from.
BACKGROUND_FRAMES, MEMORY_FRAMES = 200, 1500


class Appearance:
    """Distance of `layer2` features to the nearest ones in normal footage, where something is.

    Something is where the frame differs from the background, the median of normal footage; the
    rest has no say, which also keeps the search small. Features are averaged over a few cells and
    scaled to length 1, so that neither a cell's offset nor its contrast counts.

    Args:
        context: Height and width that features are averaged over, cells, odd.
        memory: Descriptors kept of normal footage.
        neighbours: Nearest descriptors that a distance is the mean of.
        foreground: Least mean difference from the background, grey levels of 255.
        seed: Of the draw of descriptors.

    Source: Roth et al.: Towards total recall in industrial anomaly detection. CVPR 2022.
    """

    needs = frozenset({"frames", "features"})
    taps: tuple[str, ...] = ("layer2",)

    def __init__(
        self,
        context: int = 3,
        memory: int = 12_000,
        neighbours: int = 3,
        foreground: float = 8.0,
        seed: int = 0,
    ) -> None:
        self.context = context
        self.size = memory
        self.neighbours = neighbours
        self.foreground = foreground
        self.seed = seed
        self.background = torch.empty(0)
        self.memory = torch.empty(0)

    def learn(self, normal: Sequence[View]) -> None:
        """Take the background and the memory from normal footage."""
        chosen = _spread(normal, BACKGROUND_FRAMES)
        greys = torch.stack([grey(normal[number].target) for number in chosen])
        self.background = greys.median(dim=0).values.float()
        generator = torch.Generator().manual_seed(self.seed)
        chosen = _spread(normal, MEMORY_FRAMES)
        share = -(-4 * self.size // len(chosen))
        parts = [self._descriptors(normal[number])[1] for number in chosen]
        drawn = [sample([part], share, generator) for part in parts]
        self.memory = sample(drawn, self.size, generator)

    def cells(self, view: View) -> Tensor:
        """Distance of each cell's descriptor, (h, w) in [0, 2]; NaN where nothing is."""
        present, descriptors = self._descriptors(view)
        cells = torch.full(present.shape, torch.nan)
        if len(self.memory):
            cells[present] = distances(descriptors, self.memory, self.neighbours)
        return cells

    def _descriptors(self, view: View) -> tuple[Tensor, Tensor]:
        """Where something is, (h, w), and the descriptors there, (n, C)."""
        difference = (grey(view.target).float() - self.background).abs()
        present = cell_means(difference) > self.foreground
        features = view.features["layer2"][None].float()
        averaged = functional.avg_pool2d(
            features, self.context, 1, self.context // 2, count_include_pad=False
        )
        return present, functional.normalize(averaged[0, :, present].T, dim=1)

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"background": self.background, "memory": self.memory}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.background, self.memory = state["background"], state["memory"]


def _spread(normal: Sequence[View], count: int) -> list[int]:
    """At most `count` numbers of views, evenly spread."""
    count = min(count, len(normal))
    return [number * len(normal) // count for number in range(count)]
