"""Motion balancing, so that a line that mostly waits still teaches motion (thesis section 5.1)."""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor
from torch.nn.functional import avg_pool2d

from vadlit.data.sampler import SeededSequences, shuffled
from vadlit.data.sequences import INPUT_FRAMES, SequenceDataset

BLOCK = 8  # pixels
CHUNK = 64  # frames in memory at once
STILL = 0.02  # grey levels; a 2,500th of the picture that changes by 50
REPEATS = 10


class BalancedSequences(SeededSequences):
    """N sequences an epoch, spread evenly over strata of frame difference.

    The frame difference of a sequence is that between its target and the frame before. Most of a
    waiting line's are alike, so that quantiles would split them by their noise, and those of
    motion would share one stratum, as rare as before. The strata are therefore equally wide in the
    logarithm of the difference, from the least (at least `STILL`) to the greatest: each stands for
    so many times more motion. Strata that hold no sequence are left out, and each of the others
    gives as many sequences as any other, without replacement while its pool lasts. None of its
    sequences comes more than `REPEATS` times an epoch, though, lest a flash of a lamp be learned by
    heart; what a small stratum must not give the others do. Only a training set of fewer than a
    tenth of N sequences repeats its own as often as it must.

    Args:
        differences: The frame difference of every sequence, (pool,), 0 or more.
        strata: How many strata, 2 or more.
        count: N, sequences an epoch.
        seed: Seed of the run.
    """

    def __init__(self, differences: Tensor, strata: int, count: int, seed: int) -> None:
        super().__init__(count, seed)
        self.strata = stratify(differences, strata)

    def draw(self, generator: Generator) -> Tensor:
        """Draw from every stratum, and mix."""
        counts = shares([len(stratum) for stratum in self.strata], self.count)
        drawn = torch.cat(
            [
                stratum[shuffled(len(stratum), count, generator)]
                for stratum, count in zip(self.strata, counts, strict=True)
            ]
        )
        return drawn[torch.randperm(len(drawn), generator=generator)]


def stratify(differences: Tensor, strata: int) -> list[Tensor]:
    """Numbers of the sequences of every stratum that holds any, from still to moving.

    Args:
        differences: Frame differences, (pool,), 0 or more.
        strata: How many strata of equal width in the logarithm there are, empty ones with them.
    """
    logs = differences.clamp(min=STILL).log()
    low, high = logs.aminmax()
    width = (high - low).clamp(min=1e-6) / strata
    places = ((logs - low) / width).long().clamp(max=strata - 1)
    return [(places == place).nonzero().flatten() for place in sorted({*places.tolist()})]


def shares(sizes: Sequence[int], count: int) -> list[int]:
    """How many sequences each stratum gives: `count` in all, evenly as far as their sizes allow.

    A remainder falls to the largest.

    >>> shares([1000, 400, 3], 90)
    [30, 30, 30]
    >>> shares([1000, 2, 400], 90)
    [35, 20, 35]
    """
    limit = max(REPEATS, -(-count // sum(sizes)))
    given = [0] * len(sizes)
    left = count
    smallest_first = sorted(range(len(sizes)), key=sizes.__getitem__)
    for done, place in enumerate(smallest_first):
        given[place] = min(left // (len(sizes) - done), sizes[place] * limit)
        left -= given[place]
    return given


def frame_differences(dataset: SequenceDataset) -> Tensor:
    """The frame difference of every sequence of a data set, in grey levels, (pool,).

    The mean absolute difference, after averaging over blocks of 8x8 pixels: what a camera's noise
    adds to the difference shrinks by as much, what moves is mostly larger than that. Of a stretch
    of more frames, that of its targets on average.
    """
    targets = dataset.inputs - INPUT_FRAMES + 1
    each = [_differences(event.array("frames")[INPUT_FRAMES - 1 :]) for event in dataset.events]
    return torch.cat([of_event.unfold(0, targets, 1).mean(dim=1) for of_event in each])


def _differences(frames: Tensor) -> Tensor:
    """Between consecutive frames uint8 (N, 3, H, W): (N - 1,)."""
    found = []
    for start in range(0, len(frames) - 1, CHUNK):
        blocks = avg_pool2d(frames[start : start + CHUNK + 1].float(), BLOCK)
        found.append(blocks.diff(dim=0).abs().mean(dim=(1, 2, 3)))
    return torch.cat(found)
