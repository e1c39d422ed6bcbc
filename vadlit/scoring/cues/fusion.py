"""Local cues on one scale, added cell by cell: what is unusual in two ways at one place counts."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from vadlit.config import build
from vadlit.errors import UserError
from vadlit.scoring.cells import to_pixels
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.view import CueValue, Pending, View

T = TypeVar("T")

# Views of held-out footage that a cue's normal range is taken from.
RANGE_FRAMES = 2000
# A cue's deviation is at least this share of its mean: where normal footage never varies, a
# division by next to nothing would let noise decide.
LEAST_SPREAD = 0.01


class LocalCue(Protocol):
    """Says of each cell how unusual it is, in its own unit."""

    @property
    def needs(self) -> frozenset[str]:
        """The names of the view's fields that it reads."""

    @property
    def taps(self) -> tuple[str, ...]:
        """The encoder stages that it reads."""

    def learn(self, normal: Sequence[View]) -> None:
        """Learn from normal footage."""

    def reset(self) -> None:
        """Begin a new event."""

    @property
    def changed(self) -> bool:
        """Whether the last frame shows a changed scene."""

    def cells(self, view: View) -> Tensor:
        """A number a cell, (h, w), high is anomalous; NaN where it has nothing to say."""

    def state(self) -> dict[str, Tensor]:
        """What was learned, as named tensors."""

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""


class Fusion:
    """Standardised local cues, summed cell by cell; the value is the mean of the worst cells.

    A cue's mean and standard deviation come from footage that was held out of its learning, over
    the cells that every cue speaks about. Where a cue has nothing to say it adds 0, its mean.

    Args:
        parts: The local cues' configurations by name.
        worst: Cells that the value is the mean of.

    Raises:
        UserError: There are no parts, or `worst` is less than 1.
    """

    quantity = Quantity("score", "deviations from normal", "deviations")
    learns = True

    def __init__(self, parts: Mapping[str, Mapping[str, Any] | None], worst: int = 10) -> None:
        chosen = {name: part for name, part in parts.items() if part is not None}
        if not chosen:
            raise UserError("cue.parts is empty; allowed is one local cue or more.")
        if not isinstance(worst, int) or worst < 1:
            raise UserError(f"cue.worst is {worst}; allowed is a whole number of 1 or more.")
        self.parts: dict[str, LocalCue] = {
            name: build(part, "vadlit.scoring.cues") for name, part in chosen.items()
        }
        self.worst = worst
        # One for each part, so that it sees the frames in order, however far another one is.
        self._threads = [ThreadPoolExecutor(1) for _ in self.parts]
        self.means = torch.zeros(len(self.parts))
        self.deviations = torch.ones(len(self.parts))

    @property
    def needs(self) -> frozenset[str]:
        """What the parts read of a view."""
        return frozenset().union(*(part.needs for part in self.parts.values()))

    @property
    def taps(self) -> tuple[str, ...]:
        """The encoder stages that the parts read."""
        return tuple(sorted({tap for part in self.parts.values() for tap in part.taps}))

    def learn(self, train: Sequence[View], held_out: Sequence[View]) -> None:
        """Learn what is normal, and each part's normal range from footage it did not learn from."""
        for part in self.parts.values():
            part.learn(train)
        step = max(1, len(held_out) // RANGE_FRAMES)
        seen = [self._spoken(held_out[number]) for number in range(0, len(held_out), step)]
        values = torch.cat(seen, dim=1).double()
        if values.shape[1] < 2:
            raise UserError(
                "The validation footage shows nothing in front of its background; allowed is "
                "footage in which something moves."
            )
        self.means = values.mean(dim=1).float()
        spread = values.std(dim=1).float()
        self.deviations = spread.maximum(LEAST_SPREAD * self.means.abs()).clamp(min=1e-6)

    def reset(self) -> None:
        """Begin a new event, once the parts are through with the last."""
        for reset in self._each(lambda part: part.reset()):
            reset.result()

    def __call__(self, view: View) -> CueValue:
        """Score the event's next frame."""
        return self.start(view)()

    def start(self, view: View) -> Pending:
        """Let the parts look at the event's next frame, all at once."""
        looks = self._each(lambda part: (part.cells(view).cpu(), part.changed))
        return lambda: self._joined([look.result() for look in looks])

    def _joined(self, looks: Sequence[tuple[Tensor, bool]]) -> CueValue:
        total = torch.stack(self._standardised([cells for cells, _ in looks])).sum(dim=0)
        worst = total.flatten().topk(min(self.worst, total.numel())).values
        changed = any(changed for _, changed in looks)
        return CueValue(worst.mean().item(), to_pixels(total), changed)

    def standardised(self, view: View) -> dict[str, Tensor]:
        """Each part's cells in standard deviations from normal, (h, w); 0 where it is silent."""
        return dict(zip(self.parts, self._standardised(self._cells(view)), strict=True))

    def _standardised(self, parts: Sequence[Tensor]) -> list[Tensor]:
        scaled = zip(parts, self.means, self.deviations, strict=True)
        return [torch.nan_to_num((x - mean) / deviation, nan=0.0) for x, mean, deviation in scaled]

    def state(self) -> dict[str, Tensor]:
        """What was learned, as named tensors."""
        learned = {
            f"{name}.{key}": value
            for name, part in self.parts.items()
            for key, value in part.state().items()
        }
        return {"means": self.means, "deviations": self.deviations} | learned

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.means, self.deviations = state["means"], state["deviations"]
        for name, part in self.parts.items():
            prefix = f"{name}."
            part.restore(
                {k.removeprefix(prefix): x for k, x in state.items() if k.startswith(prefix)}
            )

    def _cells(self, view: View) -> list[Tensor]:
        return [look.result() for look in self._each(lambda part: part.cells(view).cpu())]

    def _each(self, work: Callable[[LocalCue], T]) -> list[Future[T]]:
        """Begin work on each part, in its own thread."""
        pairs = zip(self._threads, self.parts.values(), strict=True)
        return [thread.submit(work, part) for thread, part in pairs]

    def _spoken(self, view: View) -> Tensor:
        """The parts' values at the cells that all of them speak about, (parts, n).

        The frame is taken by itself, as if an event began with it.
        """
        self.reset()
        cells = torch.stack(self._cells(view))
        return cells[:, ~cells.isnan().any(dim=0)]
