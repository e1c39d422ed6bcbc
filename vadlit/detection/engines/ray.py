"""By a Ray cluster, a piece of footage at a time on so many cores.

Plain tasks, not Ray Data: that tries a file which takes its worker down again without end. The
detector travels as the files that `vadlit.saved` makes of it; footage is read and tables are
written where the work is done, in folders that all machines see under one path.
"""

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from tqdm import tqdm

from vadlit.checks import check_whole
from vadlit.detection.cores import share_cores
from vadlit.detection.source import Source
from vadlit.detection.watcher import Outcome, Watcher
from vadlit.detector import Detector
from vadlit.errors import UserError
from vadlit.extras import package_named
from vadlit.saved import packed, unpacked

PATIENCE = 5.0  # seconds


class Ray:
    """Has a cluster watch; a piece of footage that takes its worker down is named, others go on.

    Args:
        address: `local`, `auto` or HOST:PORT of a cluster's head.
        cpus: For a piece of footage; as many are watched at once as that allows.

    Raises:
        UserError: `cpus` is not allowed.
    """

    def __init__(self, address: str, cpus: int) -> None:
        check_whole("engine.cpus", cpus, 1)
        self.address = address
        self.cpus = cpus

    def watch(
        self, detector: Detector, watcher: Watcher, sources: Sequence[Source]
    ) -> Iterator[tuple[Source, Outcome]]:
        """Yield what comes of each piece, in the order in which they end.

        Raises:
            UserError: A source is live, Ray is not installed, or no cluster answers.
        """
        live = [source.place for source in sources if source.live]
        if live:
            raise UserError(f"source is {live[0]}; allowed with engine=ray is recorded footage.")
        ray = self._connected()
        task = ray.remote(max_retries=0, num_cpus=self.cpus)(_watch)
        # In a list, so that a worker fetches it once and not for each task.
        given = ([ray.put(packed(detector))], ray.put(watcher), Path.cwd())
        left = {task.remote(source, *given): source for source in sources}
        with tqdm(total=len(left), desc="footage", unit="file", disable=None, leave=False) as bar:
            while left:
                (ended,), _ = ray.wait([*left])
                source = left.pop(ended)
                yield source, _outcome(source, ended)
                bar.update()

    def _connected(self) -> Any:
        with package_named("ray"):
            import ray
        if not ray.is_initialized():
            try:
                self._knock()
                ray.init(self.address, include_dashboard=False, logging_level=logging.ERROR)
            except (OSError, ValueError) as error:
                raise UserError(
                    f"engine.address is {self.address}, where no Ray cluster answers; allowed are "
                    "local, auto and HOST:PORT of a cluster's head."
                ) from error
        return ray

    def _knock(self) -> None:
        """Ask whether anyone is there: Ray itself would try for minutes."""
        if self.address not in ("local", "auto"):
            host, _, port = self.address.rpartition(":")
            socket.create_connection((host, int(port)), PATIENCE).close()


def _outcome(source: Source, ended: Any) -> Outcome:
    import ray
    from ray.exceptions import NodeDiedError, OutOfMemoryError, WorkerCrashedError

    try:
        outcome: Outcome = ray.get(ended)
    except (WorkerCrashedError, OutOfMemoryError, NodeDiedError) as error:
        why = str(error).partition("\n")[0]
        return Outcome(error=f"The footage {source.place} has taken its worker down: {why}")
    return outcome


def _watch(source: Source, detector: list[Any], watcher: Watcher, folder: Path) -> Outcome:
    """In a worker's process: as in the folder that the command was started in."""
    with suppress(OSError):  # where all paths are absolute, it need not be there
        os.chdir(folder)
    return watcher.watch(_fetched(detector[0]), source)


@lru_cache(maxsize=1)
def _fetched(reference: Any) -> Detector:
    import ray

    share_cores()
    return unpacked(ray.get(reference))
