"""How unlike normal footage a place looks."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from vadlit.checks import check_every_second, check_non_negative, check_whole
from vadlit.scoring.background import Background
from vadlit.scoring.cells import CELL, around
from vadlit.scoring.cues.coreset import coreset
from vadlit.scoring.cues.memory import Memory, sample
from vadlit.scoring.shift import Shift, moved
from vadlit.scoring.view import View, spread

# Frames that the background is the median of, and frames that the memory is drawn from.
BACKGROUND_FRAMES, MEMORY_FRAMES = 200, 1500
# Descriptors that the memory is chosen from, for each that it keeps.
CHOICE = 12
# Share of the memory that is foreground: things are more varied than the scene, but when light
# or shadow changes the scene, it is to be recognised too.
OF_THINGS = 0.75


class Appearance:
    """Distance of `layer2` features to the nearest ones in normal footage, where something is.

    Something is where the frame differs from the background; the rest has no say, which also keeps
    the search small. Features are averaged over a few cells and scaled to length 1, so that
    neither a cell's offset nor its contrast counts. Where a thing is may count as well: it is as
    far from its like at the other end of the picture as `place`.

    Args:
        context: Height and width that features are averaged over, cells, odd.
        place: Distance across the picture's longer side, 0 or more; 0 where a thing may be
            anywhere.
        memory: Descriptors kept of normal footage.
        neighbours: Nearest descriptors that a distance is the mean of.
        foreground: Least mean difference from the background, grey levels of 255.
        follow: How fast the background follows what stays, grey levels a frame.
        seed: Of the draw of descriptors.

    Source: Roth et al.: Towards total recall in industrial anomaly detection. CVPR 2022.
    """

    needs = frozenset({"frames", "features"})
    taps: tuple[str, ...] = ("layer2",)

    def __init__(
        self,
        context: int = 3,
        place: float = 0.0,
        memory: int = 4000,
        neighbours: int = 3,
        foreground: float = 8.0,
        follow: float = 0.3,
        seed: int = 0,
    ) -> None:
        for name, amount in (("place", place), ("foreground", foreground), ("follow", follow)):
            check_non_negative(f"cue.parts.appearance.{name}", amount)
        for name, count in (("memory", memory), ("neighbours", neighbours)):
            check_whole(f"cue.parts.appearance.{name}", count, 1)
        check_every_second("cue.parts.appearance.context", context, 1)
        self.context = context
        self.place = place
        self.size = memory
        self.neighbours = neighbours
        self.seed = seed
        self.background = Background(foreground, follow)
        self.memory = Memory(torch.empty(0, 0))
        self.changed = False

    def learn(self, normal: Sequence[View]) -> None:
        """Take the background and the memory from normal footage."""
        views = (normal[number] for number in spread(normal, BACKGROUND_FRAMES))
        self.background.learn([moved(view.grey, -view.shift) for view in views])
        generator = torch.Generator().manual_seed(self.seed)
        chosen = spread(normal, MEMORY_FRAMES)
        # So many more than are kept, so that frames full of things give more than others.
        each = -(-CHOICE * self.size // len(chosen))
        things, scene = [], []
        for number in chosen:
            view = normal[number]
            foreground = self.background.of_learned(view.grey, view.shift)
            descriptors = self._descriptors(view)
            things.append(sample(descriptors[foreground], each, generator))
            scene.append(sample(descriptors[~foreground], each, generator))
        kept = coreset(torch.cat(things), round(OF_THINGS * self.size), generator)
        rest = coreset(torch.cat(scene), self.size - len(kept), generator)
        self.memory = Memory(torch.cat([kept, rest]))

    def reset(self) -> None:
        """Begin a new event."""
        self.background.reset()
        self.changed = False

    def cells(self, view: View) -> Tensor:
        """Distance of each cell's descriptor, (h, w), at least 0; NaN where nothing is.

        Infinite where features are NaN.
        """
        present, self.changed = self.background.see(view.grey, view.shift, view.pushed)
        cells = torch.full(present.shape, torch.nan)
        queries = self._descriptors(view)[present]
        distances = self.memory.distances(queries, self.neighbours)
        # What cannot be compared must not pass for a place where nothing is.
        cells[present] = distances.where(~distances.isnan(), torch.inf)
        return cells

    def state(self) -> dict[str, Tensor]:
        """What was learned."""
        return {"memory": self.memory.rows} | self.background.state()

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.memory = Memory(state["memory"])
        self.background.restore(state)

    def _descriptors(self, view: View) -> Tensor:
        """One for each cell, (h, w, C + 2): features of length 1, and the place."""
        features = view.features["layer2"][None].float()
        # Ten times as fast as channel by channel.
        features = features.contiguous(memory_format=torch.channels_last)
        looks = functional.normalize(around(features, self.context)[0], dim=0).permute(1, 2, 0)
        at = places(looks, view.shift.plus(view.offset))
        return torch.cat([looks, self.place * at], dim=2)


def places(cells: Tensor, shift: Shift) -> Tensor:
    """Row and column in the scene of each cell (h, w, C), in longer sides of it: (h, w, 2)."""
    height, width = cells.shape[:2]
    rows = torch.arange(height, device=cells.device) - shift.y / CELL
    columns = torch.arange(width, device=cells.device) - shift.x / CELL
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=2) / max(height, width)
