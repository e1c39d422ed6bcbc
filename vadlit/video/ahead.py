"""Work ahead: what comes next is made while the last is used."""

from collections.abc import Generator, Iterable
from contextlib import closing
from queue import Empty, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class _Maker(Thread, Generic[T]):
    """Puts items into a queue, and at last the exception that ended them or None."""

    def __init__(self, items: Iterable[T], size: int) -> None:
        super().__init__(daemon=True)
        self.items = items
        self.made: Queue[tuple[T] | BaseException | None] = Queue(size)
        self.left = Event()

    def run(self) -> None:
        end: BaseException | None = None
        try:
            for item in self.items:
                self.made.put((item,))
                if self.left.is_set():
                    return
        except BaseException as error:  # raised again where the items are used
            end = error
        self.made.put(end)

    def stop(self) -> None:
        """Let it end, wherever it is."""
        self.left.set()
        while self.is_alive():
            try:
                self.made.get(timeout=0.05)
            except Empty:
                continue


def ahead(items: Generator[T, None, None], size: int = 4) -> Generator[T, None, None]:
    """Yield items that another thread makes, at most `size` before they are used.

    Leaving early closes `items`; what ends them is raised here.
    """
    maker = _Maker(items, size)
    maker.start()
    with closing(items):
        try:
            while (made := maker.made.get()) is not None:
                if isinstance(made, BaseException):
                    raise made
                yield made[0]
        finally:
            maker.stop()
            maker.join()
