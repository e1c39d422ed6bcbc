"""Maps of anomaly against masks of it: what is kept of them, and all numbers of where."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from vadlit.data.events import Event
from vadlit.evaluation.localisation import Maps, detection_criteria
from vadlit.evaluation.operating import eer
from vadlit.evaluation.pixels import pixel_auroc, pixel_criterion
from vadlit.evaluation.report import Report
from vadlit.evaluation.truth import Truth, read_truth
from vadlit.scoring.cells import CELL, cell_means

NO_MEASURES: Report = dict.fromkeys(
    ("rbdc", "tbdc", "pixel_auroc", "pixel_criterion_auroc", "pixel_criterion_eer")
)


def localisation_report(maps: Maps, truth: Truth) -> Report:
    """The numbers of where, flat.

    - `rbdc`, `tbdc`: regions and tracks found, at up to one false region a frame.
    - `pixel_auroc`: over all pixels of all frames.
    - `pixel_criterion_auroc`, `pixel_criterion_eer`: over frames, of which an anomalous one is
      detected where 40 % of its anomalous pixels are flagged.

    What is not defined is None, and `localisation_missing_because` says why (else None).

    Args:
        maps: (n, h, w) of all events, high is anomalous; raw, as the detector shows them: an
            average over a window would lie where things were.
        truth: Of the same frames.
    """
    assert np.isfinite(maps).all()
    found, curve = detection_criteria(maps, truth), pixel_criterion(maps, truth)
    numbers = NO_MEASURES | {"pixel_auroc": pixel_auroc(maps, truth)}
    if found is not None:
        numbers |= found._asdict()
    if curve is not None:
        numbers |= {"pixel_criterion_auroc": curve.area, "pixel_criterion_eer": eer(curve)}
    return numbers | {"localisation_missing_because": _label_missing(truth)}


def _label_missing(truth: Truth) -> str | None:
    anomalous = truth.areas.any(axis=(1, 2))
    if not anomalous.any():
        return "the masks of all scored frames are empty"
    return "no mask of a scored frame is empty" if anomalous.all() else None


def masks_missing(events: Sequence[Event]) -> str | None:
    """Why there is no truth to compare maps with; None where there is.

    A normal event needs no masks. Where an anomalous one lacks them, the measures would be those
    of a choice of events.
    """
    anomalous = [event for event in events if event.anomalous]
    if not anomalous:
        return "no test event is anomalous"
    unknown = [event.name for event in anomalous if event.masks is None]
    if unknown:
        return f"{len(unknown)} of {len(anomalous)} anomalous events have no masks"
    return None


def cells_of(heat: Tensor) -> Maps:
    """What is kept of a cue's map (H, W): the mean of each cell, (H / 8, W / 8)."""
    means: Maps = cell_means(heat.float()).cpu().numpy()
    return means


def truth_of(event: Event, first: int, size: tuple[int, int]) -> Truth:
    """The masks of an event's frames from `first` on, in the cells of frames of a size (H, W).

    Raises:
        UserError: A mask cannot be read, or is not of the size of the others.
    """
    cells = (size[0] // CELL, size[1] // CELL)
    if event.masks is None:
        return normal_truth(len(event.frames) - first, cells)
    assert len(event.masks) == len(event.frames)
    return read_truth(event.masks[first:], cells)


def normal_truth(frames: int, cells: tuple[int, int]) -> Truth:
    """The truth of frames that are all normal."""
    none = np.zeros(0, np.int64)
    return Truth(np.zeros((frames, *cells)), none, np.zeros((0, 4)), none)
