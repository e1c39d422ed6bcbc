"""What a cue that learns nothing has in common with one that does."""

from collections.abc import Sequence

from torch import Tensor

from vadlit.scoring.view import View


class Plain:
    """A cue that learns nothing and reads no encoder stage of its own."""

    taps: tuple[str, ...] = ()
    learns = False
    changed = False

    def learn(self, *normal: Sequence[View]) -> None:
        """Nothing is learned."""

    def reset(self) -> None:
        """Nothing is kept from frame to frame."""

    def state(self) -> dict[str, Tensor]:
        """Nothing was learned."""
        return {}

    def restore(self, state: dict[str, Tensor]) -> None:
        """There is nothing to take back."""
