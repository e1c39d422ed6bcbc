import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from vadlit.data.events import Event
from vadlit.evaluation.localisation import detection_criteria
from vadlit.evaluation.maps import (
    NO_MEASURES,
    cells_of,
    localisation_report,
    masks_missing,
    truth_of,
)
from vadlit.evaluation.operating import eer
from vadlit.evaluation.pixels import pixel_auroc, pixel_criterion
from vadlit.evaluation.truth import joined
from vadlit.scoring.cells import to_pixels
from vadlit.video.folder import FrameFolder

SIZE, FRAMES = (32, 64), 7


def event(folder: Path, name: str, *, anomalous: bool, masked: bool = True) -> Event:
    """Seven frames, in whose last three a square of 8x8 pixels is at (16, 8)."""
    blank: npt.NDArray[np.uint8] = np.zeros(SIZE, np.uint8)
    square = blank.copy()
    square[16:24, 8:16] = 255 * anomalous
    for kind in ("frames", "masks"):
        (folder / name / kind).mkdir(parents=True)
        for number in range(FRAMES):
            image = square if kind == "masks" and number > 3 else blank
            Image.fromarray(image).save(folder / name / kind / f"{number}.png")
    frames, masks = (FrameFolder.open(folder / name / kind) for kind in ("frames", "masks"))
    ranges = ((4, 6),) if anomalous else ()
    return Event(name, frames, ranges, tuple(masks.files) if masked else None)


def test_kept_are_the_means_of_cells() -> None:
    heat = torch.from_numpy(np.random.default_rng(0).random(SIZE))
    kept = cells_of(heat)
    expected = heat.numpy().reshape(4, 8, 8, 8).mean(axis=(1, 3))
    assert kept.dtype == np.float32
    assert kept.shape == (4, 8)
    np.testing.assert_allclose(kept, expected, rtol=1e-6)


def test_the_map_of_a_cue_that_speaks_of_cells_is_kept_as_it_is() -> None:
    cells = torch.randn(4, 8)
    np.testing.assert_allclose(cells_of(to_pixels(cells)), cells.numpy(), rtol=1e-6)


def test_truth_begins_with_the_first_scored_frame(tmp_path: Path) -> None:
    truth = truth_of(event(tmp_path, "a", anomalous=True), 2, SIZE)
    assert truth.areas.shape == (FRAMES - 2, 4, 8)
    assert truth.frames.tolist() == [2, 3, 4]
    assert truth.tracks.tolist() == [0, 0, 0]
    expected = np.zeros((4, 8))
    expected[2, 1] = 1
    np.testing.assert_array_equal(truth.areas[-1], expected)


def test_a_normal_event_needs_no_masks(tmp_path: Path) -> None:
    normal = event(tmp_path, "a", anomalous=False, masked=False)
    assert masks_missing([normal, event(tmp_path, "b", anomalous=True)]) is None
    truth = truth_of(normal, 2, SIZE)
    masked = truth_of(event(tmp_path, "c", anomalous=False), 2, SIZE)
    for one in (truth, masked):
        assert one.areas.shape == (FRAMES - 2, 4, 8)
        assert not one.areas.any()
        assert not len(one.frames)


def test_why_there_is_no_truth(tmp_path: Path) -> None:
    one = event(tmp_path, "a", anomalous=True, masked=False)
    other = event(tmp_path, "b", anomalous=True)
    normal = event(tmp_path, "c", anomalous=False)
    assert masks_missing([one, other, normal]) == "1 of 2 anomalous events have no masks"
    assert masks_missing([normal]) == masks_missing([]) == "no test event is anomalous"


def test_numbers_are_those_of_their_measures(tmp_path: Path) -> None:
    events = [
        event(tmp_path, "a", anomalous=True),
        event(tmp_path, "b", anomalous=False, masked=False),
    ]
    truth = joined([truth_of(each, 2, SIZE) for each in events])
    maps = np.random.default_rng(0).random((10, 4, 8)).astype(np.float32)
    maps[2:5, 2, 1] += 0.5
    numbers = localisation_report(maps, truth)
    found, curve = detection_criteria(maps, truth), pixel_criterion(maps, truth)
    assert found is not None
    assert curve is not None
    assert numbers == {
        "rbdc": found.rbdc,
        "tbdc": found.tbdc,
        "pixel_auroc": pixel_auroc(maps, truth),
        "pixel_criterion_auroc": curve.area,
        "pixel_criterion_eer": eer(curve),
        "localisation_missing_because": None,
    }
    assert json.loads(json.dumps(numbers, allow_nan=False)) == numbers


@pytest.mark.parametrize(
    ("anomalous", "first", "reason", "missing"),
    [
        (False, 0, "the masks of all scored frames are empty", set(NO_MEASURES)),
        (
            True,
            4,
            "no mask of a scored frame is empty",
            {"pixel_criterion_auroc", "pixel_criterion_eer"},
        ),
    ],
)
def test_one_label_alone_is_told(
    tmp_path: Path, anomalous: bool, first: int, reason: str, missing: set[str]
) -> None:
    truth = truth_of(event(tmp_path, "a", anomalous=anomalous), first, SIZE)
    maps = np.random.default_rng(0).random(truth.areas.shape).astype(np.float32)
    numbers = localisation_report(maps, truth)
    assert numbers.pop("localisation_missing_because") == reason
    assert {key for key, value in numbers.items() if value is None} == missing


def test_a_map_that_is_no_number_is_refused(tmp_path: Path) -> None:
    truth = truth_of(event(tmp_path, "a", anomalous=True), 0, SIZE)
    maps = np.full(truth.areas.shape, np.nan, np.float32)
    with pytest.raises(AssertionError):
        localisation_report(maps, truth)
