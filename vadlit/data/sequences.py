"""Sequences: T consecutive input frames and the next one, the target, as batches.

Shapes: B sequences, T input frames, C channels, H and W the frame's size, h and w a tap's.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, TypedDict

import torch
from torch import Tensor
from torch.utils.data import Dataset

from vadlit.data.store import StoredEvent

INPUT_FRAMES = 4


class Batch(TypedDict, total=False):
    """A batch of sequences; it holds either the inputs' features or all frames.

    features: A tap's features of the inputs, half precision (B, T, C, h, w).
    target: The frame to predict, uint8 (B, 3, H, W).
    frames: Inputs and target, uint8 (B, T + 1, 3, H, W); or stretches of more frames, whose
        sequences overlap.
    """

    features: dict[str, Tensor]
    target: Tensor
    frames: Tensor


class SequenceDataset(Dataset[Batch]):
    """All sequences of some events; none crosses from one event to the next.

    Whole batches are read at once (`__getitems__`), straight from the memory-mapped store.

    Args:
        events: Stored events of more than T frames.
        taps: Features to read instead of the input frames; none reads the frames.
        inputs: T, input frames of a sequence.
    """

    def __init__(
        self, events: Sequence[StoredEvent], taps: Sequence[str] = (), inputs: int = INPUT_FRAMES
    ) -> None:
        self.events = tuple(events)
        self.taps = tuple(taps)
        self.inputs = inputs
        self._ends = list(accumulate(len(event) - inputs for event in self.events))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def locate(self, index: int) -> tuple[int, int]:
        """Event number and first frame of a sequence."""
        index = range(len(self))[index]
        event = bisect_right(self._ends, index)
        return event, index - (self._ends[event - 1] if event else 0)

    def __getitem__(self, index: int) -> Batch:
        """Read one sequence, as a batch of one."""
        return self.__getitems__([index])

    def __getitems__(self, indices: Sequence[int]) -> Batch:
        """Read sequences as one batch."""
        places = [self.locate(index) for index in indices]
        if not self.taps:
            return {"frames": self._gather("frames", places, 0, self.inputs + 1)}
        features = {tap: self._gather(tap, places, 0, self.inputs) for tap in self.taps}
        target = self._gather("frames", places, self.inputs, 1).squeeze(1)
        return {"features": features, "target": target}

    def _gather(self, name: str, places: list[tuple[int, int]], offset: int, count: int) -> Tensor:
        return torch.stack(
            [
                self.events[event].array(name)[first + offset : first + offset + count]
                for event, first in places
            ]
        )


def as_batch(batch: Any) -> Batch:
    """Collate: `__getitems__` has already made the batch, though torch's types say a list."""
    made: Batch = batch
    return made
