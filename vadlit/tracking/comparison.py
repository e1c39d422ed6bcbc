"""The jobs of a sweep side by side, on their parent run."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow.entities import Run

from vadlit.evaluation.figures import roc_figure
from vadlit.evaluation.roc import Roc
from vadlit.evaluation.table import COLUMNS, table
from vadlit.tracking.run import PARENT, Tracker
from vadlit.tracking.seeds import Row, over_seeds

SETTINGS = {
    "model": "choices.model",
    "augmentation": "choices.augmentation",
    "epochs": "trainer.max_epochs",
    "seed": "seed",
}


def compare(parent: Tracker) -> str:
    """Log tables and ROC curves of all jobs to their parent; return the table of finished ones."""
    jobs = _children(parent)
    rows = [_row(job) for job in jobs]
    finished = [row for row in rows if row["status"] == "FINISHED"]
    settings = [job.data.params for job in jobs if job.info.status == "FINISHED"]
    averages = over_seeds(finished, settings)
    _log_comparison(parent, jobs, rows, averages)
    return _table([*finished, *averages])


def _children(parent: Tracker) -> list[Run]:
    """The sweep's jobs, in the order they started in."""
    experiment = parent.client.get_run(parent.run_id).info.experiment_id
    found: Sequence[Run] = parent.client.search_runs(
        [experiment],
        f"tags.`{PARENT}` = '{parent.run_id}'",
        order_by=["attributes.start_time ASC"],
        max_results=10_000,
    )
    return list(found)


def _row(job: Run) -> Row:
    params, metrics = job.data.params, job.data.metrics
    return {
        "name": job.info.run_name,
        "run_id": job.info.run_id,
        "status": job.info.status,
        **{name: params.get(key) for name, key in SETTINGS.items()},
        **{name: metrics.get(name) for name in (*COLUMNS, "seconds")},
    }


def _log_comparison(
    parent: Tracker, jobs: Sequence[Run], rows: Sequence[Row], averages: Sequence[Row]
) -> None:
    parent.log_json("comparison.json", list(rows))
    if rows:
        parent.log_text("comparison.csv", _csv(rows))
    if averages:
        parent.log_text("seeds.csv", _csv(averages))
    curves: dict[str, tuple[Roc, Roc]] = {}
    for job in jobs:
        pair = _curves(parent, job)
        if pair is not None:
            curves[_distinct(job.info.run_name, curves)] = pair
    if curves:
        parent.log_figure("roc.png", roc_figure(curves))


def _table(rows: Sequence[Row]) -> str:
    """A line a row, numbered where they share a name."""
    lines: dict[str, Row] = {}
    for row in rows:
        lines[_distinct(row["name"], lines)] = row
    return table(lines)


def _curves(parent: Tracker, job: Run) -> tuple[Roc, Roc] | None:
    """A job's ROC over frames and over cases; None where it did not get that far."""
    if not parent.client.list_artifacts(job.info.run_id, "roc"):
        return None
    with TemporaryDirectory() as scratch:
        folder = Path(parent.client.download_artifacts(job.info.run_id, "roc", scratch))
        frame, case = (
            Roc.from_json(json.loads((folder / f"{kind}.json").read_text(encoding="utf-8")))
            for kind in ("frame", "case")
        )
    return frame, case


def _distinct(name: str, taken: dict[str, Any]) -> str:
    """The name, numbered where jobs share one (they may differ in other settings)."""
    if name not in taken:
        return name
    return next(new for i in range(2, len(taken) + 3) if (new := f"{name} ({i})") not in taken)


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
