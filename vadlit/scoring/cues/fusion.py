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
from vadlit.scoring.cues.activity import Activity
from vadlit.scoring.cues.joining import Joining, Looks, gathered
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
    the cells that every cue speaks about. Where a cue has nothing to say it adds 0, its mean. The
    sum is judged by what is usual in such footage while as much moves in the picture as a whole.

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
        self.registration = Registration(reach)
        self._registering = ThreadPoolExecutor(1)
        # One for each part, so that it sees the frames in order, however far another one is.
        self._threads = [ThreadPoolExecutor(1) for _ in self.parts]
        self.joining = Joining(_checked(weights or {}, parts, chosen), worst)
        self._activity = Activity()

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
        self.joining.learn(self.look_alone(held_out))

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
        pending = self._look(view)
        return lambda: self._joined(pending())

    def _joined(self, looks: Looks) -> CueValue:
        totals = self.joining.totals(looks)
        value, changed = self.joining.values(totals).item(), bool(looks.changed.item())
        return CueValue(value, to_pixels(totals[0]), changed)

    def state(self) -> dict[str, Tensor]:
        """What was learned, as named tensors."""
        learned = {
            f"{name}.{key}": value
            for name, part in self.parts.items()
            for key, value in part.state().items()
        }
        return self.joining.state() | self.registration.state() | learned

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
        self.joining.restore(state)
        self.registration.restore(state)
        for name, part in self.parts.items():
            prefix = f"{name}."
            part.restore(
                {k.removeprefix(prefix): x for k, x in state.items() if k.startswith(prefix)}
            )

    def look(self, view: View) -> Looks:
        """What the parts say of the event's next frame."""
        return self._look(view)()

    def look_alone(self, held_out: Sequence[View]) -> Looks:
        """The same of held-out frames, each as if an event began with it."""
        found = []
        for number in spread(held_out, RANGE_FRAMES):
            self.reset()
            found.append(self.look(held_out[number]))
        return gathered(found)

    def _look(self, view: View) -> Callable[[], Looks]:
        """Begin to look; what is returned waits for what the parts say."""
        # First the camera's movement is undone.
        seen = self._registering.submit(self.registration.see, view)
        activity = self._registering.submit(lambda: self._activity(seen.result()))
        said = self._each(lambda part: (part.cells(seen.result()).cpu(), part.changed))

        def wait() -> Looks:
            cells, changed = zip(*(each.result() for each in said), strict=True)
            return Looks(
                torch.stack(cells)[None],
                torch.tensor([activity.result()]),
                torch.tensor([seen.result().pushed or any(changed)]),
            )

        return wait

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
