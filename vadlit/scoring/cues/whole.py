"""What cues have in common that say a number of the whole frame, at once."""

from abc import ABC, abstractmethod

from vadlit.scoring.cues.plain import Plain
from vadlit.scoring.view import CueValue, Pending, View


class WholeFrame(Plain, ABC):
    """A cue that needs nothing but the view."""

    @abstractmethod
    def __call__(self, view: View) -> CueValue:
        """Score the event's next frame."""

    def start(self, view: View) -> Pending:
        """Score it right away: there is nothing to wait for."""
        value = self(view)
        return lambda: value
