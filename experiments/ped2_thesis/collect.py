"""Collect the study's finished runs from MLflow: results.json, results.md and roc.png beside this.

Usage: python experiments/ped2_thesis/collect.py [TRACKING_URI]
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from vadlit.evaluation.figures import roc_figure
from vadlit.evaluation.roc import Roc
from vadlit.evaluation.table import FRAMES, table
from vadlit.tracking.server import absolute, connect

HERE = Path(__file__).parent
STUDY = HERE.name
# The thesis, section 4.1: about 0.70 for all but `skiptwice` after 40 epochs.
THESIS = {("skiptwice", 40): 0.799}
MEASURES = (
    *FRAMES,
    "frame_auroc_centred",
    "macro_events",
    "frames_scored",
    "copy_frame_auroc_smoothed",
    "copy_frame_auroc_macro",
    "copy_frame_auroc_normalised",
    "copy_case_auroc",
)
CURVE = "curves/02.png"


def main() -> None:
    """Write the newest finished run of every configuration."""
    client = connect(absolute(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///runs/mlflow.db"))
    runs = newest(client)
    rows = [row(client, run) for run in runs]
    (HERE / "results.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    lines = table({f"{r['model']}-{r['augmentation']}-{r['epochs']}": r for r in rows})
    (HERE / "results.md").write_text(f"```\n{lines}\n```\n", encoding="utf-8")
    curves = {run.info.run_name: roc(client, run) for run in runs}
    roc_figure(curves).savefig(HERE / "roc.png")
    fetched(client, best(runs), CURVE, HERE / "psnr.png")
    print(lines)


def newest(client: MlflowClient) -> list[Run]:
    """The finished runs, one of each name, by epochs and name."""
    experiment = client.get_experiment_by_name(STUDY)
    if experiment is None:
        sys.exit(f"There is no study {STUDY}; run the commands of {HERE / 'README.md'} first.")
    found = client.search_runs(
        [experiment.experiment_id],
        "attributes.status = 'FINISHED'",
        order_by=["attributes.start_time DESC"],
    )
    by_name: dict[str, Run] = {}
    for run in found:
        if "frame_auroc" in run.data.metrics:
            by_name.setdefault(run.info.run_name, run)
    return sorted(by_name.values(), key=lambda run: (epochs(run), run.info.run_name))


def epochs(run: Run) -> int:
    """How long it trained."""
    return int(run.data.params["trainer.max_epochs"])


def row(client: MlflowClient, run: Run) -> dict[str, Any]:
    """What the study reports of a run."""
    params, metrics = run.data.params, run.data.metrics
    origin = json.loads(text(client, run, "environment.json"))
    return {
        "model": params["choices.model"],
        "augmentation": params["choices.augmentation"],
        "epochs": epochs(run),
        "seed": int(params["seed"]),
        "commit": origin["git_commit"],
        "seconds": round(metrics["seconds"], 1),
        "machine": origin["machine"],
        "versions": origin["versions"],
        **{name: metrics[name] for name in MEASURES},
        "thesis_frame_auroc": THESIS.get((params["choices.model"], epochs(run)), 0.70),
    }


def best(runs: list[Run]) -> Run:
    """The run of lowest validation loss: no choice on test labels."""
    return min(runs, key=lambda run: run.data.metrics["val/loss"])


def roc(client: MlflowClient, run: Run) -> tuple[Roc, Roc]:
    """The ROC over frames and over cases."""
    frame, case = (
        Roc.from_json(json.loads(text(client, run, f"roc/{kind}.json")))
        for kind in ("frame", "case")
    )
    return frame, case


def text(client: MlflowClient, run: Run, path: str) -> str:
    """A run's artifact as text."""
    with TemporaryDirectory() as scratch:
        file = Path(client.download_artifacts(run.info.run_id, path, scratch))
        return file.read_text(encoding="utf-8")


def fetched(client: MlflowClient, run: Run, path: str, target: Path) -> None:
    """Copy a run's artifact."""
    with TemporaryDirectory() as scratch:
        source = Path(client.download_artifacts(run.info.run_id, path, scratch))
        target.write_bytes(source.read_bytes())


if __name__ == "__main__":
    main()
