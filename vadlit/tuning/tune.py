"""Settings for one's own footage, without labels; read from top to bottom."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tqdm import tqdm

from vadlit.config import Config
from vadlit.data.cache import key
from vadlit.data.module import SequenceDataModule
from vadlit.errors import UserError
from vadlit.models.predictor import Predictor
from vadlit.tuning.clips import NORMAL, clips
from vadlit.tuning.compare import Row, row
from vadlit.tuning.grid import Candidate, candidates
from vadlit.tuning.record import Cells, record
from vadlit.tuning.settings import Settings

FUSION = "vadlit.scoring.cues.fusion.Fusion"


@dataclass(frozen=True)
class Tuning:
    """What came out.

    Attributes:
        rows: Of all settings, the best first.
        trained: The row of what was trained.
        recommended: The row to use.
        clips: Normal clips that were compared with.
    """

    rows: list[Row]
    trained: Row
    recommended: Row
    clips: int


def tune(
    predictor: Predictor, name: str, data: SequenceDataModule, trained: Config, settings: Settings
) -> Tuning:
    """Compare settings on clips of the validation footage and on anomalies made of them.

    Each part sees each clip once, and what it says is kept in `settings.out`: interrupted, the
    same call goes on, and so does one with another grid.

    Args:
        predictor: Trained.
        name: Of its weights.
        data: Attached to its encoder, without taps, and set up for validation.
        trained: The configuration of training, `cue` and `window` in it.
        settings: As `checked` passed them.

    Raises:
        UserError: The cue is no fusion, the footage is too short, or a setting does not fit.
    """
    cue = trained["cue"]
    if cue["_target_"] != FUSION:
        raise UserError(f"The cue is {cue['_target_']}; allowed is that of score=vadlit, {FUSION}.")
    compared = candidates(cue, trained["window"], settings.grid)
    for candidate in compared:
        candidate.check(predictor)
    train, val = data.normal(), data.val
    made = clips(val, settings.anomalies, settings.frames, settings.count, settings.seed)
    files = [file for stored in (*train, *val) for file in stored.event.frames.files]
    split = [[(stored.event.name, len(stored)) for stored in events] for events in (train, val)]
    cells = Cells(settings.out / "cells" / key(files, split, name, data.size, settings.made))
    for fusion in _fusions(compared):
        record(fusion, predictor, train, val, made, cells)
    with tqdm(compared, "comparing", unit="setting", disable=None, leave=False) as bar:
        rows = [row(candidate, made, cells) for candidate in bar]
    ranked = sorted(rows, key=lambda each: -each.mean)
    normal = sum(clip.kind == NORMAL for clip in made)
    return Tuning(ranked, rows[0], recommended(rows, settings.gain), normal)


def recommended(rows: Sequence[Row], gain: float) -> Row:
    """What was trained, the first row, unless others are better by more than `gain`.

    Of those, the one that changes the least among those within `gain` of the best.
    """
    trained, best = rows[0], max(each.mean for each in rows)
    better = [each for each in rows if each.mean > trained.mean + gain and each.mean >= best - gain]
    return min(better, key=lambda each: (len(each.overrides), -each.mean), default=trained)


def _fusions(compared: Sequence[Candidate]) -> list[Config]:
    """Fusions of all parts that differ; one for each other setting that their cells follow from."""
    groups: dict[str, Config] = {}
    for candidate in compared:
        group = groups.setdefault(json.dumps(candidate.looks), candidate.looks | {"parts": {}})
        group["parts"] |= candidate.parts
    return list(groups.values())
