"""From a checkpoint to a folder that detects with another back end."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from vadlit.backends.convert import converted
from vadlit.checks import check_whole
from vadlit.config import Config
from vadlit.data.again import data_of
from vadlit.data.store import StoredEvent
from vadlit.detector import assemble
from vadlit.disk import writing_out
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import evaluate
from vadlit.evaluation.report import Report
from vadlit.models.checkpoint import load_checkpoint
from vadlit.saved import report_of, save


def export(checkpoint: Path, settings: Config, out: Path) -> tuple[Report, Report]:
    """Convert the encoder, learn and fit anew with it, evaluate, and write a new folder.

    Args:
        checkpoint: Of a training; what it has learned beside the decoder is not used.
        settings: `backend`, `calibration` and `data` of conf/export.yaml.
        out: As `free_folder` passed it; it appears when all is done.

    Returns:
        The numbers of training (evaluated now where the checkpoint holds none, or where the data
        set is another) and those of what was written.

    Raises:
        UserError: The checkpoint, the data set or a setting is at fault.
    """
    check_whole("calibration", settings["calibration"], 1)
    predictor, trained = load_checkpoint(checkpoint)
    data = data_of(trained, settings["data"])
    detector = assemble(predictor, trained | {"size": list(data.size)})
    data.attach(predictor.encoder, (), augmented=False)
    data.prepare_data()
    data.setup("test")
    frames = spread(data.val, settings["calibration"])
    made = converted(detector, settings["backend"], frames)
    known = None if settings["data"] else report_of(checkpoint)
    before = known or evaluate(detector, data).report
    after = evaluate(made, data).report
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    with writing_out(out):
        save(made, part)
        (part / "evaluation.json").write_text(json.dumps(after, indent=2) + "\n", encoding="utf-8")
        part.replace(out)
    return before, after


def free_folder(value: Any) -> Path:
    """The folder to write, which must be missing or empty.

    Raises:
        UserError: None is named, or it holds something.
    """
    if not isinstance(value, str) or not value:
        raise UserError(f"out is {value}; allowed is a new folder.")
    out = Path(value).expanduser().absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"out is {out}, which exists already; allowed is a new folder.")
    return out


def spread(events: Sequence[StoredEvent], count: int) -> Iterator[Tensor]:
    """At most `count` frames of some events, evenly spread, uint8 (3, H, W) each."""
    total = sum(map(len, events))
    count = min(count, total)
    chosen = {number * total // count for number in range(count)}
    numbers = ((event, number) for event in events for number in range(len(event)))
    for place, (event, number) in enumerate(numbers):
        if place in chosen:
            yield event.array("frames")[number]
