"""How fast the simulated lines are filmed."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from hydra import compose
from omegaconf import OmegaConf

from vadlit.benchmark.figures import Figure, at_least
from vadlit.benchmark.turns import Way, in_turns, seconds
from vadlit.config import Config
from vadlit.simulation.settings import checked
from vadlit.video.write import VideoWriter


def filming(lines: list[str], size: list[int], frames: int, turns: int) -> list[Figure]:
    """Frames a second of an event, drawn and written as mp4, once the line is set up.

    Args:
        lines: Their names.
        size: Height and width of a frame.
        frames: Of a turn.
        turns: Of each line.
    """
    with TemporaryDirectory() as scratch:
        ways = {line: _filming(line, size, frames, Path(scratch) / f"{line}.mp4") for line in lines}
        found = in_turns(ways, turns)
    return [Figure(line, found[line], "frames/s", at_least(50)) for line in lines]


def _filming(line: str, size: list[int], frames: int, file: Path) -> Way:
    event = f"[{{split:test,name:a,seconds:{frames / 30}}}]"
    overrides = [f"line={line}", f"size={[*size]}", "rate=30", f"out={file.parent}"]
    config = compose("simulate", [*overrides, f"events={event}"])
    settings = checked(cast(Config, OmegaConf.to_container(config, resolve=True)))
    studio = settings.studio()

    def work() -> None:
        with VideoWriter(file, settings.size, settings.rate) as video:
            for shot in studio.film(settings.plans[0]):
                video.write(shot.image)

    return lambda: frames / seconds(work)
