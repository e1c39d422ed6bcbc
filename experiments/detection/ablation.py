"""What each part of the fusion is worth on Ped2: alone, left out, and added to the preset.

    vadlit train data=ped2 score=thesis study=ablation trainer.max_epochs=4   # predicts, for error
    vadlit train data=ped2 model=forecast loss=forecast trainer.max_epochs=4 data.sequences=2000
        +part@cue.parts.forecast=forecast study=ablation                     # for forecast
    python experiments/detection/ablation.py CHECKPOINT FORECAST_CHECKPOINT OUT

Each part sees each frame once; what it says is kept in OUT, so that an interrupted run goes on. A
choice of parts then has its normal range taken from clips 15 and 16, as the detector does it.
Writes ablation.json and ablation.png beside this file.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from omegaconf import OmegaConf

from vadlit.config import Config, build, conf_dir
from vadlit.data.module import SequenceDataModule
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.data.store import StoredEvent
from vadlit.evaluation.maps import localisation_report, truth_of
from vadlit.evaluation.report import measures
from vadlit.evaluation.scores import EventScores
from vadlit.evaluation.truth import Truth, joined
from vadlit.models.checkpoint import load_checkpoint
from vadlit.scoring.cues.joining import Joining
from vadlit.scoring.smoothing import smooth
from vadlit.tracking.environment import environment
from vadlit.tuning.clips import Clip
from vadlit.tuning.record import RANGE, Cells, record

HERE = Path(__file__).parent
CHOICES = (
    ("appearance", "motion"),
    ("appearance",),
    ("motion",),
    ("error",),
    ("density",),
    ("forecast",),
    ("appearance", "error"),
    ("motion", "error"),
    ("appearance", "motion", "error"),
    ("appearance", "motion", "density"),
    ("appearance", "motion", "forecast"),
)
WINDOW = 5
SHOWN = {"frame_auroc_smoothed": "frame AUROC", "case_auroc": "case AUROC", "rbdc": "RBDC"}


def main() -> None:
    """Look once, then choose."""
    checkpoint, forecast_checkpoint, out = map(Path, sys.argv[1:])
    decoder, trained = load_checkpoint(checkpoint)
    forecaster, _ = load_checkpoint(forecast_checkpoint)
    data: SequenceDataModule = build(trained["data"], "vadlit.data")
    data.attach(decoder.encoder, (), augmented=False)
    data.setup("test")
    cue, cells = settings("cue/fusion"), Cells(out)
    clips = [whole(stored) for stored in data.test]
    added = {name: settings(f"part/{name}") for name in ("density", "error", "forecast")}
    for parts, predictor in (
        (cue["parts"] | {"density": added["density"]}, decoder),
        # Apart, for they need all five frames encoded.
        ({"error": added["error"]}, decoder),
        ({"forecast": added["forecast"]}, forecaster),
    ):
        record(cue | {"parts": parts}, predictor, data.normal(), data.val, clips, cells)
    truth = joined([truth_of(each.event, INPUT_FRAMES, data.size) for each in data.test])
    rows = [row(parts, cue["worst"], data.test, truth, cells) for parts in CHOICES]
    results = {"environment": environment(), "window": WINDOW, "rows": rows}
    (HERE / "ablation.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    picture(rows).savefig(HERE / "ablation.png", dpi=110)


def settings(name: str) -> Config:
    """A file of conf/ that refers to no other."""
    return OmegaConf.to_container(OmegaConf.load(conf_dir() / f"{name}.yaml"))  # type: ignore[return-value]


def whole(stored: StoredEvent) -> Clip:
    """All of an event."""
    return Clip(stored, 0, len(stored))


def row(
    parts: Sequence[str], worst: int, test: Sequence[StoredEvent], truth: Truth, cells: Cells
) -> dict[str, Any]:
    """All measures of a choice of parts."""
    joining = Joining(torch.ones(len(parts)), worst)
    joining.learn(cells.read(RANGE, parts))
    events, maps = [], []
    for stored in test:
        totals = joining.totals(cells.read(whole(stored).name, parts))
        values = joining.values(totals).double().numpy()
        labels = stored.event.labels()[INPUT_FRAMES:]
        score = smooth(values, WINDOW)
        events.append(EventScores(stored.event.name, INPUT_FRAMES, values, score, labels))
        maps.append(totals.numpy())
    found = measures(events, WINDOW) | localisation_report(np.concatenate(maps), truth)
    return {"parts": list(parts), **found}


def picture(rows: Sequence[dict[str, Any]]) -> Figure:
    """Three bars for each choice of parts."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axis = figure.subplots()
    for place, (key, label) in enumerate(SHOWN.items()):
        at = np.arange(len(rows)) + 0.28 * (place - 1)
        values = [each[key] for each in rows]
        bars = axis.bar(
            at, values, 0.26, label=label, color=("#0072B2", "#56B4E9", "#E69F00")[place]
        )
        axis.bar_label(bars, [f"{value:.2f}" for value in values], fontsize=7)
    names = ["\n+ ".join(each["parts"]) for each in rows]
    axis.set_xticks(range(len(rows)), names, fontsize=8.5)
    axis.set(ylim=(0, 1.12), title="Ped2, by parts of the fusion; the first is the preset")
    axis.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    return figure


if __name__ == "__main__":
    main()
