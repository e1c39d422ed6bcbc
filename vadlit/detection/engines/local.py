"""In this process, one piece of footage after another."""

from collections.abc import Iterator, Sequence

from vadlit.detection.source import Source
from vadlit.detection.watcher import Outcome, Watcher
from vadlit.detector import Detector


class Local:
    """The default: all cores are at work on one piece of footage."""

    def watch(
        self, detector: Detector, watcher: Watcher, sources: Sequence[Source]
    ) -> Iterator[tuple[Source, Outcome]]:
        """Watch each in turn."""
        return ((source, watcher.watch(detector, source)) for source in sources)
