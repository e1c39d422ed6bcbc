"""The default preset on drawn footage, from the file to the alarm."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2
import torch

from vadlit.backends.convert import switched
from vadlit.benchmark.command import run
from vadlit.benchmark.figures import Figure, Outcome, at_least
from vadlit.benchmark.footage import belt
from vadlit.benchmark.trained import train_preset, write_video
from vadlit.benchmark.turns import Way, in_turns, seconds
from vadlit.config import Config
from vadlit.detection.cores import share_cores
from vadlit.detection.detect import detect
from vadlit.detection.settings import checked
from vadlit.detector import Detector
from vadlit.extras import MissingPackageError
from vadlit.saved import load
from vadlit.scoring.cues.fusion import Fusion
from vadlit.video.file import VideoFile

# Frames of which the parts are timed one by one.
PARTS = 40


def preset(
    size: list[int], frames: int, turns: int, backends: Mapping[str, Config], exported: str
) -> Outcome:
    """Frames a second of `vadlit detect`, less its start, and milliseconds of each part.

    Args:
        size: Height and width of a frame.
        frames: Of a turn.
        turns: Of each way.
        backends: That a checkpoint can be run by, by name.
        exported: The name of one that calibrates on normal footage.
    """
    with TemporaryDirectory() as place, cores_shared():
        scratch = Path(place)
        video, checkpoint = write_video(scratch / "video.mp4", frames), train_preset(scratch, size)
        try:
            made = {name: switched(load(checkpoint), each) for name, each in backends.items()}
        except MissingPackageError as error:
            return str(error)
        folder = scratch / "exported"
        run("export", f"checkpoint={checkpoint}", f"backend={exported}", f"out={folder}")
        made[exported] = load(folder)
        ways = {n: rate(each, video, frames, scratch / f"found-{n}") for n, each in made.items()}
        found = in_turns(ways, turns)
        parts = in_turns(_parts(next(iter(made.values())), video, frames), turns)
    best = max(made, key=lambda name: median(found[name]))
    return [
        *(
            Figure(name, found[name], "frames/s", at_least(60) if name == best else None)
            for name in made
        ),
        *(Figure(f"{name}, alone", parts[name], "ms") for name in parts),
    ]


@contextmanager
def cores_shared() -> Iterator[None]:
    """As `vadlit detect` shares them, and then as they were."""
    threads = torch.get_num_threads(), cv2.getNumThreads()
    share_cores()
    try:
        yield
    finally:
        share_cores.cache_clear()  # the next row shares them anew
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])


def rate(detector: Detector, video: Path, frames: int, out: Path) -> Way:
    """Frames a second of a detector that watches a video, always anew."""
    numbers = count()
    chosen = {"source": str(video), "roi": None, "rate": None, "seconds": None, "level": None}

    def work() -> None:
        detect(detector, "", checked(chosen | {"out": str(out / str(next(numbers)))}))

    return lambda: frames / seconds(work)


def _parts(detector: Detector, video: Path, frames: int) -> dict[str, Way]:
    """Milliseconds a frame of each part of the work, by itself."""
    fusion = detector.cue
    assert isinstance(fusion, Fusion)
    shown = [*belt(PARTS)]
    prepared = [detector.prepare(frame) for frame in shown]
    views = [said.view for said in detector.stream(prepared) if said is not None]
    images = [image for image, _ in prepared]

    def each(work: Callable[[], object], times: int) -> Way:
        return lambda: 1000 * seconds(work) / times

    def looking(name: str) -> Way:
        part = fusion.parts[name]
        return each(lambda: [part.cells(view) for view in views], len(views))

    encoder, taps = detector.predictor, detector.taps
    return {
        "decoding": each(lambda: sum(1 for _ in VideoFile(video).frames()), frames),
        "encoder": each(lambda: [encoder.encode(x[None], taps) for x in images], len(images)),
        **{name: looking(name) for name in fusion.parts},
    }
