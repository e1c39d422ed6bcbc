"""The default preset on the three lines, and on an hour of fresh normal footage of each.

Simulates each line's data set and its hour, trains and evaluates the default preset, watches the
hour, and writes what came of it to lines.json beside this file. Interrupted, the same command goes
on.

Usage: python experiments/detection/lines.py OUT [LINE ...]
"""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from vadlit.tracking.environment import environment

HERE = Path(__file__).parent
RESULTS = HERE / "lines.json"
FOOTAGE = ["size=[288,288]", "rate=10"]
# Six pieces of ten minutes; the seed is another one than that of the footage trained on.
SECONDS, SEED = 600, 100
BAITS = {
    "plain": [],
    "shadows": ["shadow", "shadow", "shadow"],
    "lamp": ["lamp_switched"],
    "dark": ["lamp_off"],
    "shadow_lamp": ["shadow", "lamp_switched"],
    "quiet": [],
}
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
    """What the default preset finds on a line, and what it calls an anomaly in its hour."""
    data, hour, runs = out / line, out / f"{line}_hour", out / "runs"
    vadlit("simulate", f"line={line}", f"out={data}", *FOOTAGE)
    vadlit("simulate", f"line={line}", f"out={hour}", *FOOTAGE, f"seed={SEED}", events())
    report = evaluation(runs, line)
    if report is None:
        arguments = [f"data={line}", f"data.root={data}", "study=lines", f"runs={runs}"]
        vadlit("train", *arguments, "trainer.resume=auto")
        report = evaluation(runs, line)
        assert report is not None
    run = run_of(runs, line)
    checkpoint = run / "checkpoints" / "last.ckpt"
    vadlit("detect", f"checkpoint={checkpoint}", f"source={hour / 'test'}", f"out={run / 'hour'}")
    with (run / "hour" / "alarms.csv").open(encoding="utf-8") as stream:
        alarms = Counter(Path(alarm["source"]).stem for alarm in csv.DictReader(stream))
    return {
        **{key: report[key] for key in KEPT},
        "hour_seconds": SECONDS * len(BAITS),
        "hour_false_alarms": sum(alarms.values()),
        "hour_false_alarms_by_event": {name: alarms[name] for name in BAITS},
    }


def events() -> str:
    """The hour, as Hydra is told of it."""
    return "events=[{}]".format(
        ",".join(
            f"{{split: test, name: {name}, seconds: {SECONDS}, bait: [{','.join(baits)}]}}"
            for name, baits in BAITS.items()
        )
    )


def run_of(runs: Path, line: str) -> Path:
    """The folder of a line's run."""
    (run,) = (runs / "lines").glob(f"{line}-*/")
    return run


def evaluation(runs: Path, line: str) -> dict | None:
    """The evaluation of a line's run, where it came to its end."""
    if not [*(runs / "lines").glob(f"{line}-*/run.json")]:
        return None
    identity = json.loads((run_of(runs, line) / "run.json").read_text(encoding="utf-8"))["run_id"]
    file = runs / "artifacts" / identity / "artifacts" / "evaluation.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def vadlit(*arguments: str) -> None:
    """Run a command."""
    subprocess.run(
        [sys.executable, "-m", "vadlit.cli", *arguments], check=True, env=dict(os.environ)
    )


if __name__ == "__main__":
    main()
