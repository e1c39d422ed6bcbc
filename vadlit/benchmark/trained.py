"""A detector as `vadlit train` leaves it, to be timed."""

from pathlib import Path

from vadlit.benchmark.command import run
from vadlit.benchmark.footage import RATE, SOURCE, belt, write_data_set
from vadlit.video.write import VideoWriter

# Enough for a threshold.
TRAIN, VALIDATION = 180, 260


def train_preset(scratch: Path, size: list[int]) -> Path:
    """Train the default preset on drawn footage; return its checkpoint."""
    root = write_data_set(scratch / "data", TRAIN, VALIDATION)
    runs = scratch / "runs"
    run(
        "train",
        "data=folder",
        f"data.root={root}",
        f"data.size={[*size]}",
        f"data.cache_dir={scratch}/cache",
        f"runs={runs}",
    )
    (checkpoint,) = runs.glob("*/*/checkpoints/last.ckpt")
    return checkpoint


def write_video(file: Path, frames: int) -> Path:
    """Drawn footage as mp4, of the size of Ped2."""
    with VideoWriter(file, SOURCE, RATE) as writer:
        for image in belt(frames):
            writer.write(image)
    return file
