"""How often thresholds raise an alarm in an hour of normal footage that loses light.

    python experiments/detection/lines.py OUT can      # the line, and its detector
    python experiments/drift/run.py OUT

The hour is of the same can line; by its end the camera takes in half the light. It is scored by
the default preset and by copying the last frame; each threshold is fitted on the detector's ten
minutes of validation, and the alarms are counted. Interrupted, the same command goes on. Writes
results.json and drift.png beside this file.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vadlit.detector import Detector
from vadlit.evaluation.cases import runs
from vadlit.saved import load
from vadlit.scoring.thresholds.adaptive import Adaptive
from vadlit.scoring.thresholds.base import Threshold
from vadlit.scoring.thresholds.conformal import Conformal
from vadlit.scoring.thresholds.sigma import Sigma
from vadlit.tracking.environment import environment

HERE = Path(__file__).parent
FILMED = ("line=can", "size=[288,288]", "rate=10")
SECONDS, FADE = 3600, 0.5
# The run of each score: the preset's is that of lines.py.
SCORES = {"preset": "lines/can-*", "copy": "drift/copy-*"}
RULES: dict[str, Callable[[], Threshold]] = {
    "adaptive, 1 an hour": partial(Adaptive, 1.0, 2.0, 60.0, 3.0),
    "conformal, 1 an hour": partial(Conformal, 1.0, 2.0),
    "sigma, k 3": partial(Sigma, 3.0),
    "adaptive, 10 an hour": partial(Adaptive, 10.0, 2.0, 60.0, 3.0),
    "conformal, 10 an hour": partial(Conformal, 10.0, 2.0),
}
DRAWN = tuple(RULES)[:3]

Floats = NDArray[np.float64]


class Judged(NamedTuple):
    """What a threshold makes of the hour: its levels (n,), and how often its alarm is raised."""

    levels: Floats
    alarms: int


class Hour(NamedTuple):
    """The scores (n,) of the hour, and each rule's judgement of them."""

    scores: Floats
    judged: dict[str, Judged]


def main() -> None:
    """Film, score, count, draw."""
    out = Path(sys.argv[1]).absolute()
    events = f"events=[{{split: test, name: hour, seconds: {SECONDS}}}]"
    seed = json.loads((out / "can" / "simulated.json").read_text(encoding="utf-8"))["seed"]
    filmed = (*FILMED, f"seed={seed}", events, f"camera.fade={FADE}")
    vadlit("simulate", f"out={out / 'can_fading'}", *filmed)
    copy = ("name=copy", "score=thesis", "cue=copy", "threshold=adaptive", "alarm=default")
    data = ("data=can", f"data.root={out / 'can'}", f"runs={out / 'runs'}", "study=drift")
    vadlit("train", *data, *copy, "trainer.resume=auto")
    hours = {score: watched(out, score, run) for score, run in SCORES.items()}
    results = {
        "seconds": SECONDS,
        "fade": FADE,
        "alarms": {
            score: {rule: each.alarms for rule, each in hour.judged.items()}
            for score, hour in hours.items()
        },
        "environment": environment(),
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    picture(hours).savefig(HERE / "drift.png", dpi=110)


def watched(out: Path, score: str, run: str) -> Hour:
    """Watch the hour with a trained detector, and judge its scores by every rule."""
    checkpoint = next((out / "runs").glob(f"{run}/checkpoints/last.ckpt"))
    tables = out / f"can_fading_{score}"
    source = f"source={out / 'can_fading' / 'test' / 'hour.mp4'}"
    vadlit("detect", f"checkpoint={checkpoint}", source, f"out={tables}")
    with (tables / "scores" / "hour.csv").open(encoding="utf-8") as stream:
        rows = [*csv.DictReader(stream)]
    scores = np.array([float(row["score"]) for row in rows])
    changed = np.array([row["kind"] == "changed" for row in rows])
    detector = load(checkpoint)
    return Hour(
        scores, {rule: judged(detector, make(), scores, changed) for rule, make in RULES.items()}
    )


def judged(
    detector: Detector, threshold: Threshold, scores: Floats, changed: NDArray[np.bool_]
) -> Judged:
    """Fit a threshold on the detector's validation, and raise its alarms."""
    rate = detector.framing.frame_rate
    threshold.fit(detector.normal, rate)
    detector.threshold = threshold
    levels = threshold.levels(scores, changed)
    raised = detector.alarm(rate).raised(scores, levels, changed)
    return Judged(levels, len(runs(raised, 0)))


def picture(hours: Mapping[str, Hour]) -> Figure:
    """The scores of the hour with the levels of thresholds, a score above the other."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.subplots(len(hours), sharex=True)
    for axis, (score, hour) in zip(axes, hours.items(), strict=True):
        minutes = np.linspace(0, SECONDS / 60, len(hour.scores))
        axis.plot(minutes, hour.scores, color="0.75", linewidth=0.4)
        for rule, color in zip(DRAWN, ("#0072B2", "#E69F00", "#D55E00"), strict=True):
            axis.plot(minutes, hour.judged[rule].levels, color=color, linewidth=1.2, label=rule)
        axis.set_ylabel(f"score: {score}")
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1].set_xlabel("minutes; the light falls to half")
    axes[-1].legend(frameon=False, fontsize=8.5)
    return figure


def vadlit(*arguments: str) -> None:
    """Run a command."""
    subprocess.run(
        [sys.executable, "-m", "vadlit.cli", *arguments], check=True, env=dict(os.environ)
    )


if __name__ == "__main__":
    main()
