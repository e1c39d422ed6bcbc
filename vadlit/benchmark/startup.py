"""How long a person waits for the first word."""

from pathlib import Path
from tempfile import TemporaryDirectory

from vadlit.benchmark.command import run
from vadlit.benchmark.figures import Figure, at_most
from vadlit.benchmark.trained import train_preset, write_video
from vadlit.benchmark.turns import in_turns


def startup(size: list[int], turns: int) -> list[Figure]:
    """Seconds of `vadlit --help`, and of `vadlit detect` on ten frames.

    Args:
        size: Height and width of a frame.
        turns: Of each.
    """
    with TemporaryDirectory() as scratch:
        checkpoint = train_preset(Path(scratch), size)
        video = write_video(Path(scratch) / "video.mp4", 10)
        detect = ("detect", f"checkpoint={checkpoint}", f"source={video}", "roi=null")

        def watch() -> float:
            with TemporaryDirectory() as out:
                return run(*detect, f"out={out}").seconds

        found = in_turns({"help": lambda: run("--help").seconds, "detect": watch}, turns)
    return [
        Figure("vadlit --help", found["help"], "s", at_most(0.5)),
        Figure("vadlit detect, 10 frames", found["detect"], "s", at_most(6)),
    ]
