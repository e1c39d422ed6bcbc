"""An evaluation as files: one folder that reads the same on disk and in MLflow."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from vadlit.data.whole import write_whole
from vadlit.detector import FrameScore
from vadlit.evaluation.cases import case_scores
from vadlit.evaluation.evaluate import Evaluation
from vadlit.evaluation.figures import prediction_figure, roc_figure, score_figure
from vadlit.evaluation.roc import roc
from vadlit.evaluation.scores import EventScores, write_scores
from vadlit.scoring.quantity import Quantity


def write_results(folder: Path, name: str, evaluation: Evaluation) -> None:
    """Write scores, numbers, ROC curves, score curves and example predictions.

    `scores/{test,val}.parquet`, `evaluation.json`, `roc/{frame,case}.json`, `roc.png`,
    `curves/EVENT.png` and `predictions/EVENT-{normal,anomalous}.png`.

    Args:
        folder: Made when missing; files of these names are replaced.
        name: What the ROC figure calls the model.
        evaluation: What came out.
    """
    for part in ("scores", "roc", "curves", "predictions"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    _write_json(folder / "evaluation.json", evaluation.report)
    for split in ("val", "test"):
        events: list[EventScores] = getattr(evaluation, split)
        pairs = zip(events, evaluation.levels[split], strict=True)
        decisions = [event.above(levels) for event, levels in pairs]
        write_scores(folder / "scores" / f"{split}.parquet", events, decisions)
    _write_roc(folder, name, evaluation)
    decided = zip(evaluation.test, evaluation.levels["test"], evaluation.raised, strict=True)
    for event, levels, raised in decided:
        figure = score_figure(evaluation.quantity, event, evaluation.val[0], levels, raised)
        _save(figure, folder / "curves" / f"{event.event}.png")
    _write_examples(folder / "predictions", evaluation.examples, evaluation.quantity)


def _write_roc(folder: Path, name: str, evaluation: Evaluation) -> None:
    scores = np.concatenate([event.cue for event in evaluation.test])
    labels = np.concatenate([event.labels for event in evaluation.test])
    frame, case = roc(scores, labels), roc(*case_scores(evaluation.test))
    if frame is None or case is None:
        return  # the report says which label is missing
    _write_json(folder / "roc" / "frame.json", frame.to_json())
    _write_json(folder / "roc" / "case.json", case.to_json())
    _save(roc_figure({name: (frame, case)}), folder / "roc.png")


def _write_examples(folder: Path, examples: Mapping[str, FrameScore], quantity: Quantity) -> None:
    # One scale for all, so that they can be compared; a few pixels may exceed it.
    scale = max([float(score.map.quantile(0.999)) for score in examples.values()], default=1.0)
    for name, score in examples.items():
        title = f"{name.replace('-', ', ')}, frame {score.frame}"
        figure = prediction_figure(quantity, title, score, max(scale, 1e-3))
        _save(figure, folder / f"{name}.png")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path)


def _write_json(path: Path, value: object) -> None:
    write_whole(path, json.dumps(value, indent=2, allow_nan=False) + "\n")
