"""Augmented training, for which nothing can be kept: long stretches against the thesis's way."""

from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.benchmark.figures import Figure, at_least, ratio
from vadlit.benchmark.footage import CLIP, write_data_set
from vadlit.benchmark.loop import Training
from vadlit.benchmark.thesis import ThesisTraining
from vadlit.benchmark.turns import Way, in_turns, seconds
from vadlit.models.augmentation.general import General


def augmented(
    size: list[int], batch_size: int, stretches: list[int], batches: int, turns: int
) -> list[Figure]:
    """Sequences a second of `base` with `augmentation=general`.

    Args:
        size: Height and width of a frame.
        batch_size: Sequences of a batch.
        stretches: Values of `data.stretch`; the first one is held to the goal.
        batches: Of a turn; the thesis's way is measured over one.
        turns: Of each way.
    """
    with TemporaryDirectory() as scratch:
        root = write_data_set(Path(scratch) / "data", max(CLIP, *stretches))
        files = sorted((root / "train").rglob("*.jpg"))[:CLIP]
        theirs = ThesisTraining(files, (size[0], size[1]), batch_size, augmented=True)

        def ours(stretch: int) -> Way:
            cache = Path(scratch) / "cache"
            training = Training(root, cache, size, batch_size, General(), stretch=stretch)
            return lambda: training.rate(batches)

        ways = {f"stretches of {stretch}": ours(stretch) for stretch in stretches}
        thesis: dict[str, Way] = {"thesis": lambda: batch_size / seconds(theirs.step)}
        found = in_turns(ways | thesis, turns)
    first = f"stretches of {stretches[0]}"
    return [
        *(Figure(name, found[name], "sequences/s") for name in ways),
        Figure("the thesis's way", found["thesis"], "sequences/s"),
        ratio(f"{first} over the thesis's way", found[first], found["thesis"], at_least(2.5)),
    ]
