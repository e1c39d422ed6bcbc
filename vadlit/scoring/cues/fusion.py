"""Local cues on one scale, added cell by cell: what is unusual in two ways at one place counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from vadlit.checks import check_non_negative, check_whole
from vadlit.config import build
from vadlit.errors import UserError
from vadlit.scoring.cells import to_pixels
from vadlit.scoring.cues.joining import Scale, joined, mean_of_worst, normal_scale, standardised
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.registration import Registration, registered
from vadlit.scoring.view import CueValue, Pending, View, spread

T = TypeVar("T")

# Views of held-out footage that a cue's normal range is taken from.
RANGE_FRAMES = 2000


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
    """Standardised local cues, added cell by cell; the value is the mean of the worst cells.

    A cue's mean and standard deviation come from footage that was held out of its learning, over
    the cells that every cue speaks about. Where a cue has nothing to say it adds 0, its mean.

    Args:
        parts: The local cues' configurations by name.
        worst: Cells that the value is the mean of.
        weights: How much parts count, by name, 0 or more; 1 where nothing is said.
        reach: How far the camera shakes, pixels; 0 where it stands still.

    Raises:
        UserError: There are no parts, `worst` is less than 1, `reach` is negative, or a weight is
            negative or of a part that is not named.
    """

    quantity = Quantity("score", "deviations from normal", "deviations")
    learns = True

    def __init__(
        self,
        parts: Mapping[str, Mapping[str, Any] | None],
        worst: int = 10,
        weights: Mapping[str, float] | None = None,
        reach: float = 0.0,
    ) -> None:
        chosen = {name: part for name, part in parts.items() if part is not None}
        if not chosen:
            raise UserError("cue.parts is empty; allowed is one local cue or more.")
        check_whole("cue.worst", worst, 1)
        self.parts: dict[str, LocalCue] = {
            name: build(part, "vadlit.scoring.cues") for name, part in chosen.items()
        }
        self.worst = worst
        self.registration = Registration(reach)
        self._registering = ThreadPoolExecutor(1)
        # One for each part, so that it sees the frames in order, however far another one is.
        self._threads = [ThreadPoolExecutor(1) for _ in self.parts]
        self.weights = _checked(weights or {}, parts, chosen)
        self.scale = Scale(torch.zeros(len(self.parts)), torch.ones(len(self.parts)))

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
        self.learn_parts(train)
        self.scale = normal_scale(self.cells_alone(held_out))

    def learn_parts(self, train: Sequence[View]) -> None:
        """Let each part learn what is normal; its range is still to be learned."""
        self.registration.learn(train)
        seen = registered(train, self.registration)
        for part in self.parts.values():
            part.learn(seen)

    def reset(self) -> None:
        """Begin a new event, once the parts are through with the last."""
        still = self._registering.submit(self.registration.reset)
        for reset in [still, *self._each(lambda part: part.reset())]:
            reset.result()

    def __call__(self, view: View) -> CueValue:
        """Score the event's next frame."""
        return self.start(view)()

    def start(self, view: View) -> Pending:
        """Let the parts look at the event's next frame, all at once."""
        seen = self._seen(view)
        looks = self._each(lambda part: (part.cells(seen.result()).cpu(), part.changed))
        return lambda: self._joined([look.result() for look in looks], seen.result().pushed)

    def _joined(self, looks: Sequence[tuple[Tensor, bool]], pushed: bool) -> CueValue:
        total = joined(torch.stack([cells for cells, _ in looks]), self.scale, self.weights)
        changed = pushed or any(changed for _, changed in looks)
        return CueValue(mean_of_worst(total, self.worst).item(), to_pixels(total), changed)

    def standardised(self, view: View) -> dict[str, Tensor]:
        """Each part's cells in standard deviations from normal, (h, w); 0 where it is silent."""
        return dict(zip(self.parts, standardised(self.cells(view), self.scale), strict=True))

    def state(self) -> dict[str, Tensor]:
        """What was learned, as named tensors."""
        learned = {
            f"{name}.{key}": value
            for name, part in self.parts.items()
            for key, value in part.state().items()
        }
        return self.scale._asdict() | self.registration.state() | learned

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.scale = Scale(state["means"], state["deviations"])
        self.registration.restore(state)
        for name, part in self.parts.items():
            prefix = f"{name}."
            part.restore(
                {k.removeprefix(prefix): x for k, x in state.items() if k.startswith(prefix)}
            )

    def cells(self, view: View) -> Tensor:
        """What the parts say of the event's next frame, (parts, h, w), each in its own unit."""
        seen = self._seen(view)
        looks = self._each(lambda part: part.cells(seen.result()).cpu())
        return torch.stack([look.result() for look in looks])

    def cells_alone(self, held_out: Sequence[View]) -> Tensor:
        """The same of held-out frames, (n, parts, h, w), each as if an event began with it."""
        found = []
        for number in spread(held_out, RANGE_FRAMES):
            self.reset()
            found.append(self.cells(held_out[number]))
        return torch.stack(found)

    def _seen(self, view: View) -> Future[View]:
        """Begin to undo the camera's movement."""
        return self._registering.submit(self.registration.see, view)

    def _each(self, work: Callable[[LocalCue], T]) -> list[Future[T]]:
        """Begin work on each part, in its own thread."""
        pairs = zip(self._threads, self.parts.values(), strict=True)
        return [thread.submit(work, part) for thread, part in pairs]


def _checked(weights: Mapping[str, float], named: Iterable[str], chosen: Iterable[str]) -> Tensor:
    """The weights of the chosen parts, (parts,)."""
    for name, weight in weights.items():
        if name not in named:
            allowed = ", ".join(named)
            raise UserError(f"cue.weights names {name}; allowed are the parts: {allowed}.")
        check_non_negative(f"cue.weights.{name}", weight)
    return torch.tensor([float(weights.get(name, 1)) for name in chosen])
