import threading
import time
from collections.abc import Generator

import pytest

from vadlit.video.ahead import ahead


class Items:
    """Counts what has been made, and notes when it is closed."""

    def __init__(self, count: int, broken_at: int | None = None) -> None:
        self.count = count
        self.broken_at = broken_at
        self.made = 0
        self.closed = False

    def __call__(self) -> Generator[int, None, None]:
        try:
            for number in range(self.count):
                if number == self.broken_at:
                    raise ValueError("broken")
                self.made += 1
                yield number
        finally:
            self.closed = True


def test_everything_comes_in_order() -> None:
    items = Items(100)
    assert list(ahead(items(), 3)) == list(range(100))
    assert items.closed
    assert list(ahead(Items(0)())) == []


def test_it_is_made_while_the_last_is_used_and_no_further() -> None:
    items = Items(100)
    coming = ahead(items(), 3)
    assert next(coming) == 0
    deadline = time.monotonic() + 10
    while items.made < 5 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    # One in use, three waiting and one that waits for a place.
    assert items.made == 5
    coming.close()


def test_an_error_comes_where_it_would_have_come() -> None:
    coming = ahead(Items(9, broken_at=2)(), 4)
    assert [next(coming), next(coming)] == [0, 1]
    with pytest.raises(ValueError, match="broken"):
        next(coming)


def test_leaving_early_ends_the_thread_and_closes_the_items() -> None:
    before, items = threading.active_count(), Items(1000)
    coming = ahead(items(), 2)
    next(coming)
    coming.close()
    assert items.closed
    assert threading.active_count() == before
