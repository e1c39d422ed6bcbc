"""Real footage end to end: a hand that takes bottles away and puts them back.

Cuts the footage's normal stretches out of `bottle-detection.mp4` in VADLIT_DATA/footage, prepares
them for training and validation and the whole footage for the test, and trains and evaluates the
default preset and the thesis's. Writes results.json and the score curves beside this file.

Usage: python experiments/bottles/run.py OUT
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from vadlit.config import data_root
from vadlit.evaluation.cases import case_confusion
from vadlit.evaluation.scores import read_scores
from vadlit.tracking.environment import environment
from vadlit.video.footage import open_footage

HERE = Path(__file__).parent
NAME = "bottle-detection"
SIZE = (192, 352)
# Frames left out on either side of an anomaly, as nobody labels its beginning to the frame.
MARGIN = 5
# Frames around a case in which a flagged frame is no false alarm.
NEAR = 2
PRESETS = {
    # There are 10 s of validation footage: too little for a threshold stated in alarms an hour.
    "vadlit": ["score=vadlit", "threshold=sigma"],
    "thesis": ["score=thesis", "window=5", "data.sequences=1000", "trainer.max_epochs=5"],
}


def main() -> None:
    """Cut, prepare, train, evaluate, and write down."""
    out = Path(sys.argv[1]).absolute()
    footage = Path(data_root()) / "footage"
    labels = json.loads((footage / f"{NAME}.json").read_text(encoding="utf-8"))
    cuts = cut(footage / f"{NAME}.mp4", normal(labels), out / "cuts")
    vadlit(
        "prepare",
        f"source=[{','.join(map(str, cuts))}]",
        f"test={footage / f'{NAME}.mp4'}",
        f"out={out / 'bottles'}",
        f"size=[{SIZE[0]},{SIZE[1]}]",
        "split.validation=0.4",
        "split.gap=0.2",
    )
    results = {"environment": environment(), "rows": [row(out, name) for name in PRESETS]}
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def normal(labels: dict) -> list[tuple[int, int]]:
    """The stretches between anomalies, as frame numbers, the first in and the last out."""
    ends = [0, *(last + 1 + MARGIN for _, last in labels["anomalous"])]
    starts = [*(first - MARGIN for first, _ in labels["anomalous"]), labels["frames"]]
    return list(zip(ends, starts, strict=True))


def cut(file: Path, stretches: list[tuple[int, int]], folder: Path) -> list[Path]:
    """Each stretch as a folder of its frames, exactly as they are in the footage.

    Encoded once more they would be smoother than what the detector is to watch. What is there
    already stays: `vadlit prepare` refuses sources that have changed.
    """
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        frames = [frame.image for frame in open_footage(str(file)).frames()]
        for number, (first, end) in enumerate(stretches):
            place = part / f"normal{number}"
            place.mkdir(parents=True, exist_ok=True)
            for frame in range(first, end):
                Image.fromarray(frames[frame]).save(place / f"{frame:06d}.png", compress_level=1)
        part.rename(folder)
    return [folder / f"normal{number}" for number in range(len(stretches))]


def row(out: Path, name: str) -> dict:
    """Train and evaluate one preset."""
    start = time.monotonic()
    vadlit(
        "train",
        "data=folder",
        f"data.root={out / 'bottles'}",
        f"data.size=[{SIZE[0]},{SIZE[1]}]",
        "study=bottles",
        f"name={name}",
        f"runs={out / 'runs'}",
        *PRESETS[name],
    )
    seconds = time.monotonic() - start
    kept = (out / "runs" / "bottles").glob(f"{name}-*/checkpoints/last.ckpt")
    checkpoint = max(kept, key=lambda file: file.stat().st_mtime)
    found = vadlit("evaluate", f"checkpoint={checkpoint}", f"out={out / name}", "--json")
    report = json.loads(found)
    (HERE / f"{name}.png").write_bytes((out / name / "curves" / f"{NAME}.png").read_bytes())
    return {"preset": name, "seconds": round(seconds, 1), **told(out / name), **report}


def told(results: Path) -> dict:
    """Cases with a flagged frame, and flagged frames that are not near any case."""
    (event,), (flagged,) = read_scores(results / "scores" / "test.parquet")
    counts = case_confusion([event], [flagged])
    near = np.convolve(event.labels, np.ones(2 * NEAR + 1), "same") > 0
    return {
        "cases": counts.true_positives + counts.false_negatives,
        "found": counts.true_positives,
        "flagged_far_from_cases": int((flagged & ~near).sum()),
    }


def vadlit(*arguments: str) -> str:
    """Run a command; its standard output."""
    command = [sys.executable, "-m", "vadlit.cli", *arguments]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ
    ).stdout


if __name__ == "__main__":
    main()
