"""What detection holds in memory, however long it goes on."""

from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.benchmark.command import run
from vadlit.benchmark.figures import Figure, at_most, ratio
from vadlit.benchmark.footage import RATE
from vadlit.benchmark.trained import train_preset, write_video


def memory(size: list[int], minutes: float) -> list[Figure]:
    """Most resident memory of `vadlit detect` with the default preset, and its growth.

    Args:
        size: Height and width of a frame.
        minutes: Of footage; a sixth of it is watched as well.
    """
    with TemporaryDirectory() as scratch:
        checkpoint = train_preset(Path(scratch), size)

        def peak(minutes: float) -> float:
            frames = round(60 * RATE * minutes)
            video = write_video(Path(scratch) / f"{frames}.mp4", frames)
            out = f"{scratch}/found-{frames}"
            detect = ("detect", f"checkpoint={checkpoint}", f"source={video}", "roi=null")
            return 1024 * run(*detect, f"out={out}").peak

        short, whole = peak(minutes / 6), peak(minutes)
    return [
        Figure(f"{minutes / 6:g} minutes of footage", [short], "MiB"),
        Figure(f"{minutes:g} minutes of footage", [whole], "MiB", at_most(700)),
        ratio("the second over the first", [whole], [short], at_most(1.1)),
    ]
