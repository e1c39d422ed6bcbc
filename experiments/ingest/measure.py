"""How long `vadlit prepare` takes against bare decoding of the same footage: results.json beside.

Bare decoding is PyAV alone: one pass, every frame to an rgb24 array, with each kind of threads.
All take turns, after one warm-up of each; what is reported are medians and quartiles, of seconds on
the clock and of processor time (all threads), which tells what a busy machine hides.

Usage: OMP_NUM_THREADS=1 python experiments/ingest/measure.py [SECONDS [REPEATS]]
"""

import json
import os
import platform
import statistics
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import av
import numpy as np
import torch

from vadlit.preparation.prepare import prepare
from vadlit.preparation.settings import Settings
from vadlit.preparation.split import Shares
from vadlit.tracking.environment import git_commit, machine
from vadlit.video.write import VideoWriter

HERE = Path(__file__).parent
RATE, WIDTH, HEIGHT = 30, 640, 480
ROI = (80.0, 0.0, 480.0, 480.0)
BOUND = 1.5
CLOCKS: dict[str, Callable[[], float]] = {"seconds": perf_counter, "cpu_seconds": process_time}

Taken = dict[str, list[float]]  # by way, one number a turn


def main() -> None:
    """Measure, print and write."""
    seconds, repeats = (int(a) for a in [*sys.argv[1:], "60", "7"][:2])
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "line.mp4"
        write_line(file, seconds * RATE)
        out = (Path(scratch) / str(number) for number in range(10**6))
        ways: dict[str, Callable[[], object]] = {
            "bare_slice": lambda: decode(file, "SLICE"),
            "bare_none": lambda: decode(file, "NONE"),
            "bare_auto": lambda: decode(file, "AUTO"),
            "prepare": lambda: prepare(settings(file, next(out))),
        }
        taken = in_turns(ways, repeats)
    result = summary(taken, seconds * RATE)
    (HERE / "results.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


def write_line(file: Path, frames: int) -> None:
    """A belt with boxes, under the noise of a camera: what has to be decoded is not free."""
    generator = np.random.default_rng(0)
    scene = generator.integers(60, 120, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    scene = np.kron(scene, np.ones((8, 8, 1), np.uint8))
    noise = generator.normal(0, 3, (8, HEIGHT, WIDTH, 1)).round().astype(np.int16)
    with VideoWriter(file, (HEIGHT, WIDTH), RATE) as video:
        for number in range(frames):
            image = scene.astype(np.int16) + noise[generator.integers(8)]
            for box in range(3):
                x = (4 * number + 260 * box) % (WIDTH + 80) - 80
                image[200:280, max(0, x) : max(0, x + 80)] += 70
            video.write(image.clip(0, 255).astype(np.uint8))


def decode(file: Path, threads: str) -> None:
    """One pass of PyAV alone."""
    with av.open(str(file)) as container:
        container.streams.video[0].thread_type = threads
        for frame in container.decode(video=0):
            frame.to_ndarray(format="rgb24")


def settings(file: Path, out: Path) -> Settings:
    """The command's own, with a ROI; without gaps, so that every frame is written."""
    shares = Shares(validation=0.25, test=0.4, gap=0.0, margin=0.0)
    return Settings((file,), (), (), out, ROI, (224, 224), None, shares, 95)


def in_turns(ways: dict[str, Callable[[], object]], repeats: int) -> dict[str, Taken]:
    """What each way takes, one after the other, so that what else runs meets all alike."""
    taken: dict[str, Taken] = {clock: {name: [] for name in ways} for clock in CLOCKS}
    for turn in range(repeats + 1):
        for name, way in ways.items():
            start = {clock: now() for clock, now in CLOCKS.items()}
            way()
            if turn:
                for clock, now in CLOCKS.items():
                    taken[clock][name].append(now() - start[clock])
    return taken


def summary(taken: dict[str, Taken], frames: int) -> dict[str, Any]:
    """Medians, quartiles and ratios, of one turn each."""
    on_the_clock = taken["seconds"]["prepare"]
    return {
        "frames": frames,
        "picture": f"{WIDTH}x{HEIGHT}",
        "repeats": len(on_the_clock),
        "frames_per_second": round(frames / statistics.median(on_the_clock), 1),
        **{clock: {name: spread(x) for name, x in each.items()} for clock, each in taken.items()},
        "prepare_over": {clock: ratios(each) for clock, each in taken.items()},
        "bound": BOUND,
        "machine": {**machine(), "load": round(os.getloadavg()[0], 2)},
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            **{name: version(name) for name in ("av", "opencv-python-headless", "torchvision")},
        },
        "commit": git_commit(),
    }


def ratios(taken: Taken) -> dict[str, dict[str, float]]:
    """Of prepare over each kind of bare decoding, turn by turn."""
    return {
        name: spread([p / b for p, b in zip(taken["prepare"], values, strict=True)])
        for name, values in taken.items()
        if name != "prepare"
    }


def spread(values: list[float]) -> dict[str, float]:
    """Median and quartiles."""
    low, median, high = statistics.quantiles(values, n=4)
    return {"median": round(median, 3), "quartile_1": round(low, 3), "quartile_3": round(high, 3)}


if __name__ == "__main__":
    main()
