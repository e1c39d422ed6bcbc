"""How well a setting tells anomalous clips from normal ones, by kind of anomaly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vadlit.config import build
from vadlit.evaluation.roc import auroc
from vadlit.evaluation.scores import Floats
from vadlit.scoring.cues.fusion import Fusion
from vadlit.scoring.smoothing import smooth_held
from vadlit.tuning.clips import NORMAL, Clip
from vadlit.tuning.grid import Candidate
from vadlit.tuning.record import RANGE, Cells

CHANCE = 0.5


@dataclass(frozen=True)
class Row:
    """What a setting is worth.

    Attributes:
        overrides: What differs from what was trained.
        areas: By kind of anomaly, the AUROC of its frames against all normal ones, smoothed.
    """

    overrides: tuple[str, ...]
    areas: dict[str, float]

    @property
    def mean(self) -> float:
        """Over the kinds; what is worse than chance counts as chance, for it is not seen at all."""
        return float(np.mean([max(area, CHANCE) for area in self.areas.values()]))


def row(candidate: Candidate, clips: Sequence[Clip], cells: Cells) -> Row:
    """Score all clips with a setting, and compare.

    Raises:
        UserError: A fusion cannot have these settings.
    """
    scores: dict[str, list[Floats]] = {}
    for clip, smoothed in zip(clips, _scores(candidate, clips, cells), strict=True):
        scores.setdefault(clip.kind, []).append(smoothed)
    normal = np.concatenate(scores.pop(NORMAL))
    areas = {kind: _area(normal, np.concatenate(found)) for kind, found in scores.items()}
    return Row(candidate.overrides, areas)


def _scores(candidate: Candidate, clips: Sequence[Clip], cells: Cells) -> Iterator[Floats]:
    """The scores of each clip, as a detector would give them."""
    fusion: Fusion = build(candidate.cue, "vadlit.scoring")
    joining = fusion.joining
    joining.learn(cells.read(RANGE, candidate.parts))
    for clip in clips:
        looks = cells.read(clip.name, candidate.parts)
        values = joining.values(joining.totals(looks)).tolist()
        yield smooth_held(values, looks.changed.tolist(), candidate.window)


def _area(normal: Floats, anomalous: Floats) -> float:
    labels = np.repeat([False, True], [len(normal), len(anomalous)])
    area = auroc(np.concatenate([normal, anomalous]), labels)
    assert area is not None
    return area
