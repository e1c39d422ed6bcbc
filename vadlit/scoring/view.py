"""What a cue sees of one frame, and what it says about it."""

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, NamedTuple, Protocol, TypeVar, overload

import torch
from torch import Tensor

from vadlit.scoring.cells import Grey, grey
from vadlit.scoring.quantity import Quantity
from vadlit.scoring.shift import STILL, Shift

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class View:
    """One scored frame with what came before it; what no cue needs may be left empty.

    Attributes:
        frames: T+1 of (3, H, W) in [0, 1]; the last is the target, the rest are the inputs.
        prediction: (3, H, W) in [0, 1], clipped; or, for a cue that needs a forecast, the features
            of `layer2` that were predicted for the target, (128, h, w).
        features: The target's encoder taps by name, (C, h, w) each.
        shift: How far the scene of the target lies from where it is while the camera stands still.
        offset: How far that place lies from where normal footage has it.
        pushed: The camera was pushed to another place a moment ago.
    """

    frames: Sequence[Tensor] | Tensor
    prediction: Tensor = field(default_factory=lambda: torch.empty(0))
    features: dict[str, Tensor] = field(default_factory=dict)
    shift: Shift = STILL
    offset: Shift = STILL
    pushed: bool = False

    @property
    def target(self) -> Tensor:
        """The frame being scored, (3, H, W)."""
        return self.frames[-1]

    @cached_property
    def grey(self) -> Grey:
        """The target's luma, uint8 (H, W); made once, whoever looks at it."""
        return grey(self.target)

    @property
    def last_input(self) -> Tensor:
        """The frame just before the target, (3, H, W)."""
        return self.frames[-2]


def spread(items: Sized, count: int) -> list[int]:
    """At most `count` numbers of items, such as views, evenly spread."""
    count = min(count, len(items))
    return [number * len(items) // count for number in range(count)]


class MadeViews(Sequence[View]):
    """Views that are made when they are asked for.

    Args:
        count: How many there are.
        make: The view of a number from 0.
    """

    def __init__(self, count: int, make: Callable[[int], View]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> View: ...
    @overload
    def __getitem__(self, index: slice) -> list[View]: ...
    def __getitem__(self, index: int | slice) -> View | list[View]:
        """Make a view; a number below 0 is one from the end on."""
        if isinstance(index, slice):
            return [self._make(number) for number in range(self._count)[index]]
        return self._make(range(self._count)[index])


class Successive(Generic[T]):
    """What is made of a frame and of the one before it, which mostly was the frame a moment ago.

    Args:
        make: Of the luma of a frame.
    """

    def __init__(self, make: Callable[[Grey], T]) -> None:
        self._make = make
        self._last: tuple[Tensor, T] | None = None

    def __call__(self, view: View) -> tuple[T, T]:
        """Of the last input frame, made anew only where it is another one, and of the target."""
        if self._last is not None and self._last[0] is view.last_input:
            before = self._last[1]
        else:
            before = self._make(grey(view.last_input))
        now = self._make(view.grey)
        self._last = view.target, now
        return before, now


class CueValue(NamedTuple):
    """What a cue says of one frame.

    Attributes:
        value: High is anomalous.
        map: (H, W), where it comes from.
        changed: The scene as a whole has changed, its light or the camera's place.
    """

    value: float
    map: Tensor
    changed: bool = False


# Waits for a cue and returns what it says.
Pending = Callable[[], CueValue]


class Cue(Protocol):
    """A callable from a view to a cue value; `needs` is what the view must hold.

    `needs` is a subset of {"frames", "prediction", "forecast", "features"}; the predictor makes
    either a prediction or a forecast.
    """

    @property
    def quantity(self) -> Quantity:
        """What its values and its map are."""

    @property
    def needs(self) -> frozenset[str]:
        """The names of the view's fields that the cue reads."""

    @property
    def taps(self) -> tuple[str, ...]:
        """The encoder stages that the cue reads, beside those of a prediction."""

    @property
    def learns(self) -> bool:
        """Whether `learn` has anything to do."""

    def learn(self, train: Sequence[View], held_out: Sequence[View]) -> None:
        """Learn from normal footage, and calibrate on normal footage held out of that."""

    def reset(self) -> None:
        """Begin a new event."""

    def __call__(self, view: View) -> CueValue:
        """Score the event's next frame."""

    def start(self, view: View) -> Pending:
        """Begin to score the event's next frame, perhaps while others still are at work.

        Frames are started in order, and each is waited for once.
        """

    def state(self) -> dict[str, Tensor]:
        """What was learned, as named tensors."""

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` gave."""
