"""The thesis's training from nothing: start, cache, every epoch, evaluation, log."""

from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.benchmark.command import run
from vadlit.benchmark.figures import Figure, at_most
from vadlit.benchmark.footage import CLIP, write_data_set
from vadlit.config import data_root


def whole(
    size: list[int],
    frames: int,
    sequences: int,
    epochs: int,
    augmentation: str = "none",
    minutes: float = 8.0,
) -> list[Figure]:
    """Minutes of `vadlit train score=thesis`, on Ped2 where it is present, else on as many frames.

    Args:
        size: Height and width of a frame.
        frames: Of the training set, where Ped2 is missing.
        sequences: Of an epoch.
        epochs: Of the training.
        augmentation: Its name.
        minutes: That it takes at most.
    """
    with TemporaryDirectory() as scratch:
        ped2 = Path(data_root()) / "ped2"
        root = ped2 if ped2.is_dir() else write_data_set(Path(scratch) / "data", frames, CLIP)
        took = run(
            "train",
            f"data={'ped2' if root is ped2 else 'folder'}",
            f"data.root={root}",
            f"data.size={[*size]}",
            f"data.sequences={sequences}",
            f"data.cache_dir={scratch}/cache",
            f"trainer.max_epochs={epochs}",
            f"runs={scratch}/runs",
            f"augmentation={augmentation}",
            "score=thesis",
        )
    seen = "Ped2" if root is ped2 else "drawn frames"
    name = f"{epochs} x {sequences} sequences, {seen}, augmentation={augmentation}"
    return [
        Figure(f"{name}: all", [took.seconds / 60], "min", at_most(minutes)),
        Figure(f"{name}: memory", [took.peak], "GiB"),
    ]
