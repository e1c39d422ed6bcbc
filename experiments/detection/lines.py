"""The default preset on the three lines, and on fresh normal footage of each, an hour in all.

Simulates each line's data set and its part of the hour, trains and evaluates the default preset,
watches that part, and writes what came of it to lines.json beside this file. Interrupted, the same
command goes on.

Usage: python experiments/detection/lines.py OUT [LINE ...]
"""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from vadlit.evaluation.report import measures
from vadlit.evaluation.scores import read_scores
from vadlit.tracking.environment import environment

HERE = Path(__file__).parent
RESULTS = HERE / "lines.json"
FOOTAGE = ["size=[288,288]", "rate=10"]
# Twenty minutes of the same line, whose belt follows from the seed, and new, for what happens
# follows from an event's name as well.
SECONDS = 200
# Of each a line that nobody had looked at. Feeder 0 was while the preset was made to judge a frame
# by its activity, to remember a coreset, and where things are, feeder 1 while the threshold's tail
# was; can 0 while the threshold was made to begin anew after a change of light; can 1 and feeder 2
# while it was made never to be lower than its fit, and a shadow a change of light; foam 0 and those
# two while what is usual came to be told from the highest values.
SEEDS = {"can": 2, "feeder": 3, "foam": 1}
BAITS = {
    "plain": [],
    "shadows": ["shadow", "shadow", "shadow"],
    "lamp": ["lamp_switched"],
    "dark": ["lamp_off"],
    "shadow_lamp": ["shadow", "lamp_switched"],
    "quiet": [],
}
# As the lines' test events are named.
NAMED = ("shadow", "lamp_off", "lamp_switched")
WINDOW = 5
KEPT = (
    "frame_auroc_smoothed",
    "case_auroc",
    "cases_anomalous",
    "cases_missed",
    "false_alarms",
    "delay_seconds",
    "alarm_f1",
)


def main() -> None:
    """Simulate, train, watch, and write down a line after the other."""
    out = Path(sys.argv[1]).absolute()
    for line in sys.argv[2:] or ("can", "feeder", "foam"):
        rows = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        rows[line] = {**row(out, line), "environment": environment()}
        RESULTS.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def row(out: Path, line: str) -> dict:
    """What the default preset finds on a line, and what it takes for an anomaly where none is."""
    data, fresh, runs = out / line, out / f"{line}_fresh", out / "runs"
    for place, filmed in ((data, []), (fresh, [events()])):
        settings = (f"line={line}", f"out={place}", *FOOTAGE, f"seed={SEEDS[line]}", *filmed)
        vadlit("simulate", *settings)
    arguments = [f"data={line}", f"data.root={data}", "study=lines", f"runs={runs}"]
    if not (artifacts(runs, line) / "evaluation.json").exists():
        vadlit("train", *arguments, "trainer.resume=auto")
    run, logged = run_of(runs, line), artifacts(runs, line)
    report = json.loads((logged / "evaluation.json").read_text(encoding="utf-8"))
    checkpoint = run / "checkpoints" / "last.ckpt"
    vadlit("detect", f"checkpoint={checkpoint}", f"source={fresh / 'test'}", f"out={run / 'fresh'}")
    with (run / "fresh" / "alarms.csv").open(encoding="utf-8") as stream:
        alarms = Counter(Path(alarm["source"]).stem for alarm in csv.DictReader(stream))
    scores = logged / "scores" / "test.parquet"
    return {
        "seed": SEEDS[line],
        **{key: report[key] for key in KEPT},
        "without_baits": subset(scores, lambda name: not any(bait in name for bait in NAMED)),
        "lamp_off": subset(scores, lambda name: "lamp_off" in name and name != "lamp_off"),
        "fresh_seconds": SECONDS * len(BAITS),
        "fresh_false_alarms": sum(alarms.values()),
        "fresh_false_alarms_by_event": {name: alarms[name] for name in BAITS},
    }


def events() -> str:
    """The fresh footage, as Hydra is told of it."""
    return "events=[{}]".format(
        ",".join(
            f"{{split: test, name: {name}, seconds: {SECONDS}, bait: [{','.join(baits)}]}}"
            for name, baits in BAITS.items()
        )
    )


def run_of(runs: Path, line: str) -> Path:
    """The folder of a line's run; one that is not there where it has none yet."""
    return next((runs / "lines").glob(f"{line}-*/"), runs / "lines" / line)


def artifacts(runs: Path, line: str) -> Path:
    """What a line's run has logged; a folder that is not there where it has none yet."""
    kept = run_of(runs, line) / "run.json"
    identity = json.loads(kept.read_text(encoding="utf-8"))["run_id"] if kept.exists() else line
    return runs / "artifacts" / identity / "artifacts"


def subset(scores: Path, belongs: Callable[[str], bool]) -> dict:
    """The area under the curve of some of the events."""
    events, _ = read_scores(scores)
    found = measures([event for event in events if belongs(event.event)], WINDOW)
    return {key: found[key] for key in ("frame_auroc_smoothed", "case_auroc")}


def vadlit(*arguments: str) -> None:
    """Run a command."""
    subprocess.run(
        [sys.executable, "-m", "vadlit.cli", *arguments], check=True, env=dict(os.environ)
    )


if __name__ == "__main__":
    main()
