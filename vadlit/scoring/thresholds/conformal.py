"""The threshold that is stated as the false alarms an hour one can live with."""

from dataclasses import dataclass
from math import floor

import numpy as np

from vadlit.checks import check_positive
from vadlit.errors import UserError
from vadlit.scoring.thresholds.base import Floats, Threshold, frames_in
from vadlit.scoring.thresholds.tail import beyond

HOUR = 3600.0
FEWEST = 10  # blocks; of fewer, no tail can be told
TAIL = 0.1  # share of the blocks that the tail is taken from,
LEAST = 5  # but so many at least


@dataclass
class Conformal(Threshold):
    """The level that normal blocks of footage exceed `false_alarms_per_hour` times an hour.

    Frames come in runs, so they are not counted; the highest scores of blocks are. See
    `exceeded_by` for what is guaranteed when. An alarm lies in a block above the level; with a
    cool-down of at least a block, there are no more alarms than such blocks.

    Attributes:
        false_alarms_per_hour: Above 0, and less than one a block.
        block: Seconds, above 0: long against the time over which scores hang together, the
            smoothing window included.
    """

    false_alarms_per_hour: float
    block: float

    def __post_init__(self) -> None:
        """Check both; UserError for what does not fit."""
        check_positive("The threshold's false_alarms_per_hour", self.false_alarms_per_hour)
        check_positive("The threshold's block", self.block)
        if self.false_alarms_per_hour * self.block >= HOUR:
            raise UserError(
                f"The threshold's false_alarms_per_hour is {self.false_alarms_per_hour!r}; with "
                f"blocks of {self.block} s it must be below {HOUR / self.block:g}."
            )

    def derive(self, events: list[Floats], frame_rate: float | None) -> float:
        """The level for the blocks of all events."""
        length = max(1, frames_in("The threshold's block", self.block, frame_rate))
        highest = np.concatenate([block_maxima(event, length) for event in events])
        if len(highest) < FEWEST:
            raise UserError(
                f"The validation footage has {len(highest)} blocks of {self.block} s; this "
                f"threshold needs at least {FEWEST}, and better an hour of normal footage; "
                "threshold=sigma does with less."
            )
        return exceeded_by(self.false_alarms_per_hour * self.block / HOUR, highest)


def block_maxima(scores: Floats, length: int) -> Floats:
    """The highest score of each block of an event (n,), n >= 1.

    Blocks are of at least `length` frames, what is left over being shared out among them; an
    event that is shorter is one block.
    """
    blocks = max(1, len(scores) // length)
    return np.maximum.reduceat(scores, np.arange(blocks) * len(scores) // blocks)


def exceeded_by(share: float, values: Floats, tail: float = TAIL, least: int = LEAST) -> float:
    """The level that the next value exceeds with a probability of `share`.

    With n values there are two cases, and in both the probability is an average over all the
    footage that might have been held out: one threshold may do better or worse.

    - `share >= 1 / (n + 1)`: the value of rank ceil((1 - share)(n + 1)) from below. The next
      value exceeds it with a probability of at most `share`, whatever the distribution, if all
      n + 1 values are exchangeable (split conformal prediction; Vovk, Gammerman and Shafer 2005).
    - Below that, the highest value is not high enough. The (m + 1)-th highest value u is exceeded
      with a probability of (m + 1) / (n + 1), and how far beyond u the level lies follows from the
      m excesses (`beyond`; peaks over threshold: Coles 2001, chapter 4; Siffer et al., KDD 2017).
      That holds for tails up to an exponential one as they come; a heavier one exceeds it more.
      The level is that or the highest value, whichever is higher: a lower share never lowers it.

    Args:
        share: Above 0 and below 1.
        values: (n,), n > `least`.
        tail: The share m / n, above 0 and below 1.
        least: The lowest m, at least 1.
    """
    count, ordered = len(values), np.sort(values)
    rank = floor(share * (count + 1))
    highest = float(ordered[-max(1, rank)])
    if rank >= 1:
        return highest
    over = max(least, round(tail * count))
    start = ordered[-over - 1]
    level = start + beyond(share * (count + 1) / (over + 1), ordered[-over:] - start)
    return max(highest, float(level))
