"""Training without augmentation: features read from the cache against the thesis's way."""

from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.benchmark.figures import Figure, at_least, ratio
from vadlit.benchmark.footage import CLIP, write_data_set
from vadlit.benchmark.loop import Training
from vadlit.benchmark.thesis import ThesisTraining
from vadlit.benchmark.turns import in_turns, seconds


def training(size: list[int], batch_size: int, batches: int, turns: int) -> list[Figure]:
    """Sequences a second of `base`.

    Args:
        size: Height and width of a frame.
        batch_size: Sequences of a batch.
        batches: Of a turn; the thesis's way is measured over one.
        turns: Of each way.
    """
    with TemporaryDirectory() as scratch:
        root = write_data_set(Path(scratch) / "data", CLIP)
        files = sorted((root / "train").rglob("*.jpg"))
        ours = Training(root, Path(scratch) / "cache", size, batch_size)
        theirs = ThesisTraining(files, (size[0], size[1]), batch_size, augmented=False)
        found = in_turns(
            {
                "vadlit": lambda: ours.rate(batches),
                "thesis": lambda: batch_size / seconds(theirs.step),
            },
            turns,
        )
    return [
        Figure("vadlit", found["vadlit"], "sequences/s"),
        Figure("the thesis's way", found["thesis"], "sequences/s"),
        ratio("vadlit over the thesis's way", found["vadlit"], found["thesis"], at_least(12)),
    ]
