"""How well a setting tells anomalous clips from normal ones, by kind of anomaly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vadlit.config import build
from vadlit.evaluation.roc import auroc
from vadlit.evaluation.scores import Floats
from vadlit.scoring.cues.fusion import Fusion
from vadlit.scoring.smoothing import smooth
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
    for clip, values in zip(clips, _values(candidate, clips, cells), strict=True):
        scores.setdefault(clip.kind, []).append(smooth(values, candidate.window))
    normal = np.concatenate(scores.pop(NORMAL))
    areas = {kind: _area(normal, np.concatenate(found)) for kind, found in scores.items()}
    return Row(candidate.overrides, areas)


def _values(candidate: Candidate, clips: Sequence[Clip], cells: Cells) -> list[Floats]:
    """What the fusion says of each frame of each clip."""
    fusion: Fusion = build(candidate.cue, "vadlit.scoring")
    joining = fusion.joining
    joining.learn(cells.read(RANGE, candidate.parts))
    totals = (joining.totals(cells.read(clip.name, candidate.parts)) for clip in clips)
    return [joining.values(total).double().numpy() for total in totals]


def _area(normal: Floats, anomalous: Floats) -> float:
    labels = np.repeat([False, True], [len(normal), len(anomalous)])
    area = auroc(np.concatenate([normal, anomalous]), labels)
    assert area is not None
    return area
