"""What an engine is."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from vadlit.detection.source import Source
from vadlit.detection.watcher import Outcome, Watcher
from vadlit.detector import Detector


class Engine(Protocol):
    """Has pieces of footage watched."""

    def watch(
        self, detector: Detector, watcher: Watcher, sources: Sequence[Source]
    ) -> Iterator[tuple[Source, Outcome]]:
        """Yield what comes of each piece, in any order, as soon as it is there.

        Raises:
            UserError: The engine cannot be had, or not for such footage.
        """
