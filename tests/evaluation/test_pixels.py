import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from vadlit.evaluation.localisation import Maps
from vadlit.evaluation.pixels import COVERED, criterion_scores, pixel_auroc, pixel_criterion
from vadlit.evaluation.scores import Bools, Floats
from vadlit.evaluation.truth import Truth

CELL = 4


def case(seed: int, frames: int = 12) -> tuple[Maps, Bools]:
    """Maps with ties over 3x5 cells, and masks of 12x20 pixels, some of them empty."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((frames, 3 * CELL, 5 * CELL), bool)
    for mask in masks[: frames * 2 // 3]:
        left, top = rng.integers(0, 14), rng.integers(0, 7)
        mask[top : top + rng.integers(2, 6), left : left + rng.integers(2, 7)] = True
    maps = np.round(rng.normal(-30, 1, (frames, 3, 5)), 1) + areas(masks)
    return maps.astype(np.float32), masks


def areas(masks: Bools) -> Floats:
    means: Floats = masks.reshape(len(masks), 3, CELL, 5, CELL).mean(axis=(2, 4))
    return means


def truth(masks: Bools) -> Truth:
    none = np.zeros(0, np.int64)
    return Truth(areas(masks), none, np.zeros((0, 4)), none)


def pixels(maps: Maps) -> Maps:
    return np.kron(maps, np.ones((1, CELL, CELL), np.float32))


@pytest.mark.parametrize("seed", range(3))
def test_area_is_that_of_scikit_learn_over_pixels(seed: int) -> None:
    maps, masks = case(seed)
    expected = roc_auc_score(masks.ravel(), pixels(maps).ravel())
    assert pixel_auroc(maps, truth(masks)) == pytest.approx(expected, abs=1e-9)


def naive_rates(maps: Maps, masks: Bools, threshold: float) -> tuple[float, float]:
    """As the paper tells it: false and true positives among the frames."""
    flagged = pixels(maps) >= threshold
    anomalous = np.array([mask.any() for mask in masks])
    caught = [
        (f & m).sum() >= COVERED * m.sum() - 1e-9 for f, m in zip(flagged, masks, strict=True)
    ]
    raised = np.array([frame.any() for frame in flagged])
    return float(raised[~anomalous].mean()), float(np.mean(np.array(caught)[anomalous]))


@pytest.mark.parametrize("seed", range(3))
def test_each_corner_of_the_pixel_criterion_is_that_of_a_naive_loop(seed: int) -> None:
    maps, masks = case(seed)
    curve = pixel_criterion(maps, truth(masks))
    assert curve is not None
    assert len(curve.thresholds) > 3
    for false, true, threshold in zip(
        curve.false_positive_rate, curve.true_positive_rate, curve.thresholds, strict=True
    ):
        assert (false, true) == pytest.approx(naive_rates(maps, masks, threshold))


def test_its_area_is_that_over_all_thresholds() -> None:
    maps, masks = case(3, 60)
    curve = pixel_criterion(maps, truth(masks))
    assert curve is not None
    points = [naive_rates(maps, masks, t) for t in (np.inf, *np.unique(maps)[::-1])]
    false, true = np.array(points).T
    assert curve.area == pytest.approx(np.trapezoid(true, false), abs=1e-9)
    scores, labels = criterion_scores(maps, truth(masks))
    reference, _, _ = roc_curve(labels, scores)
    assert reference[-1] == 1.0


def test_criterion_by_hand() -> None:
    # 10 anomalous pixels: 3 in the cell of 5, 1 in that of 4, 6 in that of 3; 4 of them suffice.
    mask = np.zeros((2, 3 * CELL, 5 * CELL), bool)
    mask[0, 0, 0:3] = mask[0, 0, 4] = True
    mask[0, 0:2, 8:11] = True
    maps = np.zeros((2, 3, 5), np.float32)
    maps[0, 0, :3] = 5, 4, 3
    maps[0, 2, 4] = 9  # normal, and the highest
    maps[1, 1, 1] = 7
    scores, labels = criterion_scores(maps, truth(mask))
    assert scores.tolist() == [4, 7]
    assert labels.tolist() == [True, False]


def test_one_label_alone_has_no_measure() -> None:
    maps, masks = case(0)
    nothing = truth(np.zeros_like(masks))
    everything = truth(np.ones_like(masks))
    for one in (nothing, everything):
        assert pixel_auroc(maps, one) is None
        assert pixel_criterion(maps, one) is None


def test_all_frames_anomalous_has_an_area_over_pixels_only() -> None:
    maps, masks = case(0)
    assert pixel_auroc(maps[:8], truth(masks[:8])) is not None
    assert pixel_criterion(maps[:8], truth(masks[:8])) is None
