"""What more footage costs: an epoch nothing, the cache its share, and little memory."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.benchmark.command import run
from vadlit.benchmark.figures import Figure, at_most, ratio
from vadlit.benchmark.footage import write_data_set
from vadlit.benchmark.loop import Training
from vadlit.benchmark.turns import Way, in_turns, seconds


def growth(
    size: list[int], batch_size: int, frames: list[int], batches: int, turns: int
) -> list[Figure]:
    """Training `base` on more and more footage.

    Args:
        size: Height and width of a frame.
        batch_size: Sequences of a batch.
        frames: Of the training sets, rising.
        batches: Of an epoch.
        turns: Of each set.
    """
    with TemporaryDirectory() as place:
        scratch = Path(place)
        ways: dict[str, Way] = {}
        building: list[float] = []
        for count in frames:
            root = write_data_set(scratch / str(count), count)
            training = Training(root, scratch / "cache", size, batch_size)
            building.append(1000 * seconds(partial(training.rate, 2)) / count)
            ways[str(count)] = partial(_epoch, training, batches)
        found = in_turns(ways, turns)
        most = run(
            "train",
            "data=folder",
            f"data.root={scratch / str(frames[-1])}",
            f"data.size={[*size]}",
            f"data.batch_size={batch_size}",
            f"data.sequences={batches * batch_size}",
            f"data.cache_dir={scratch}/cache",
            "trainer.max_epochs=1",
            f"runs={scratch}/runs",
            "score=thesis",
        )
    last, first = str(frames[-1]), str(frames[0])
    return [
        *(
            Figure(f"cache of {count} frames", [each], "ms a frame")
            for count, each in zip(frames, building, strict=True)
        ),
        ratio("cache, a frame: most footage over least", building[-1:], building[:1]),
        *(Figure(f"epoch with {count} frames", found[str(count)], "s") for count in frames),
        ratio("epoch: most footage over least", found[last], found[first], at_most(1.1)),
        Figure(f"training on {last} frames: memory", [most.peak], "GiB", at_most(2.5)),
    ]


def _epoch(training: Training, batches: int) -> float:
    return batches * training.batch_size / training.rate(batches)
