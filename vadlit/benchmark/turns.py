"""Ways to do the same, taking turns."""

from collections.abc import Callable, Mapping
from time import perf_counter

import torch

# A turn of a way; it returns what is compared, such as frames a second.
Way = Callable[[], float]
Values = dict[str, list[float]]


def in_turns(ways: Mapping[str, Way], turns: int) -> Values:
    """What each way returns at each turn, after one turn to warm up.

    One goes after the other, so that what else the machine does meets all alike.
    """
    for way in ways.values():
        way()
    found: Values = {name: [] for name in ways}
    for _ in range(turns):
        for name, way in ways.items():
            found[name].append(way())
    return found


def seconds(work: Callable[[], object]) -> float:
    """The time some work takes, the graphics card's included."""
    start = perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter() - start
