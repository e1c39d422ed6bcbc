from itertools import pairwise

import numpy as np
import pytest
from skimage.measure import label, regionprops
from sklearn.metrics import auc

from vadlit.evaluation.localisation import (
    OVERLAP,
    TRACK_SHARE,
    Maps,
    Rates,
    area_to_one,
    detection_criteria,
    detections,
    overlaps,
    rates_at,
    thresholds,
)
from vadlit.evaluation.scores import Floats
from vadlit.evaluation.truth import Truth

HEIGHT, WIDTH = 6, 9
Box = tuple[float, float, float, float]


def truth(frames: int, *regions: tuple[int, int, Box]) -> Truth:
    """Regions as frame, track and box in cells; areas do not matter here."""
    scale = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    return Truth(
        np.zeros((frames, HEIGHT, WIDTH)),
        np.array([r[0] for r in regions], np.int64),
        np.array([r[2] for r in regions], float).reshape(-1, 4) / scale,
        np.array([r[1] for r in regions], np.int64),
    )


def maps_with(frames: int, *boxes: tuple[int, tuple[int, int, int, int]]) -> Maps:
    """0 but for boxes of cells (frame; left, top, right, bottom) of 1."""
    made = np.zeros((frames, HEIGHT, WIDTH), np.float32)
    for frame, (left, top, right, bottom) in boxes:
        made[frame, top:bottom, left:right] = 1
    return made


def random_case(seed: int) -> tuple[Maps, Truth]:
    rng = np.random.default_rng(seed)
    maps = np.round(rng.normal(0, 1, (12, HEIGHT, WIDTH)), 1).astype(np.float32)
    regions = []
    for frame in range(0, 12, 2):
        for track in range(rng.integers(1, 4)):
            left, top = int(rng.integers(0, WIDTH - 3)), int(rng.integers(0, HEIGHT - 3))
            right, bottom = left + int(rng.integers(1, 4)), top + int(rng.integers(1, 4))
            regions.append((frame, track, (left, top, right, bottom)))
            maps[frame, top:bottom, left:right] += 1
    return maps, truth(12, *regions)


def naive_iou(one: Floats, other: Floats) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return float(shared / (sum(sizes) - shared))


def naive_rates(maps: Maps, due: Truth, threshold: float) -> Rates:
    """As the paper tells it, one region after the other."""
    false, found = 0, [False] * len(due.frames)
    for frame, values in enumerate(maps):
        for region in regionprops(label(values >= threshold, connectivity=2)):
            top, left, bottom, right = region.bbox
            box = np.array([left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT])
            here = [i for i, f in enumerate(due.frames) if f == frame]
            hit = [i for i in here if naive_iou(box, due.boxes[i]) >= OVERLAP]
            false += not hit
            for i in hit:
                found[i] = True
    tracks = {t: [found[i] for i, x in enumerate(due.tracks) if x == t] for t in due.tracks}
    caught = [np.mean(shown) >= TRACK_SHARE for shown in tracks.values()]
    return Rates(false / len(maps), float(np.mean(found)), float(np.mean(caught)))


@pytest.mark.parametrize("seed", range(4))
def test_rates_are_those_of_a_naive_loop(seed: int) -> None:
    maps, due = random_case(seed)
    for threshold in (-3.0, -0.5, 0.0, 0.5, 1.0, 2.0, 9.0):
        expected = naive_rates(maps, due, threshold)
        assert rates_at(maps, due, threshold) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(2))
def test_criteria_are_areas_under_naive_rates_at_the_thresholds(seed: int) -> None:
    maps, due = random_case(seed)
    rates = sorted(naive_rates(maps, due, float(t)) for t in thresholds(maps))
    false = np.array([0.0, *(r.false_per_frame for r in rates)])
    grid = np.linspace(0, 1, 20_001)
    found = detection_criteria(maps, due)
    assert found is not None
    for name, value in (("regions", found.rbdc), ("tracks", found.tbdc)):
        best = np.maximum.accumulate([0.0, *(getattr(r, name) for r in rates)])
        assert value == pytest.approx(auc(grid, np.interp(grid, false, best)), abs=1e-3)
    assert 0 < found.rbdc < found.tbdc <= 1


def test_detections_have_their_frame_and_their_box() -> None:
    maps = maps_with(3, (0, (0, 0, 2, 1)), (0, (7, 3, 9, 6)), (2, (8, 5, 9, 6)), (2, (0, 0, 1, 1)))
    frames, boxes = detections(maps > 0)
    assert frames.tolist() == [0, 0, 2, 2]
    found = {
        (f, *box) for f, box in zip(frames, (boxes * ([WIDTH, HEIGHT] * 2)).round(), strict=True)
    }
    assert found == {(0, 0, 0, 2, 1), (0, 7, 3, 9, 6), (2, 8, 5, 9, 6), (2, 0, 0, 1, 1)}


def test_frames_do_not_touch_each_other_and_corners_join() -> None:
    filled = np.ones((4, HEIGHT, WIDTH), bool)
    assert detections(filled)[0].tolist() == [0, 1, 2, 3]
    diagonal = np.eye(HEIGHT, WIDTH, dtype=bool)[None]
    frames, boxes = detections(diagonal)
    assert frames.tolist() == [0]
    np.testing.assert_allclose(boxes, [[0, 0, HEIGHT / WIDTH, 1]])
    assert len(detections(np.zeros((4, HEIGHT, WIDTH), bool))[0]) == 0


def test_overlaps_by_hand() -> None:
    one = np.array([[0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 1, 1], [0, 0, 1, 1]], float)
    other = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [5, 0, 6, 1], [1, 0, 2, 1]], float)
    assert overlaps(one, other).tolist() == pytest.approx([1 / 7, 1, 0, 0])


def test_rates_by_hand() -> None:
    # Two frames. A region of 4x2 cells, found by a detection of 2x2 in it (a half); another that
    # only a corner of a detection touches (1 in 4 + 8 - 1); and one frame with a false detection.
    due = truth(3, (0, 0, (0, 0, 4, 2)), (1, 1, (0, 0, 2, 2)))
    maps = maps_with(3, (0, (0, 0, 2, 2)), (1, (1, 1, 5, 3)), (2, (0, 0, 1, 1)))
    assert rates_at(maps, due, 1.0) == pytest.approx((2 / 3, 1 / 2, 1 / 2))


def test_one_detection_over_two_regions_finds_both_and_is_not_false() -> None:
    due = truth(1, (0, 0, (0, 0, 2, 2)), (0, 1, (2, 0, 4, 2)))
    assert rates_at(maps_with(1, (0, (0, 0, 4, 2))), due, 1.0) == (0, 1, 1)


def test_a_track_is_found_from_a_tenth_of_its_regions_on() -> None:
    for length, found in ((10, 1.0), (11, 0.0)):
        due = truth(length, *((frame, 0, (0, 0, 2, 2)) for frame in range(length)))
        rates = rates_at(maps_with(length, (3, (0, 0, 2, 2))), due, 1.0)
        assert rates == pytest.approx((0, 1 / length, found))


def test_perfect_maps_reach_one_and_blank_ones_nothing() -> None:
    due = truth(4, *((frame, 0, (2, 2, 4, 4)) for frame in range(3)))
    perfect = maps_with(4, *((frame, (2, 2, 4, 4)) for frame in range(3)))
    assert detection_criteria(perfect, due) == (1.0, 1.0)
    assert detection_criteria(np.zeros_like(perfect), due) == (0.0, 0.0)


def test_without_a_region_there_is_no_measure() -> None:
    assert detection_criteria(maps_with(2), truth(2)) is None


def test_thresholds_fall_from_the_highest_to_the_lowest_value() -> None:
    maps = np.random.default_rng(0).normal(0, 1, (50, 6, 9)).astype(np.float32)
    found = thresholds(maps)
    assert (found[0], found[-1]) == (maps.max(), maps.min())
    assert (np.diff(found) < 0).all()
    assert 70 < len(found) <= 100
    above = [(maps >= t).sum() for t in found]
    assert max(b / a for a, b in pairwise(above[10:])) < 1.3


def test_area_to_one_by_hand() -> None:
    # 0.5 at once, then to 1 over the first half, then level.
    assert area_to_one(np.array([0.5, 0.0]), np.array([1.0, 0.5])) == pytest.approx(0.875)
    # What lies past one false detection a frame counts only through the line to it.
    assert area_to_one(np.array([2.0]), np.array([1.0])) == pytest.approx(0.25)
    # A curve that turns back keeps its best.
    assert area_to_one(np.array([0.0, 0.5]), np.array([0.8, 0.1])) == pytest.approx(0.8)
