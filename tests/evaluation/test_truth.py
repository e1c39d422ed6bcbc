from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from skimage.measure import label, regionprops

from vadlit.errors import UserError
from vadlit.evaluation.scores import Bools
from vadlit.evaluation.truth import Truth, cell_shares, components, joined, read_truth


def mask(height: int, width: int, *boxes: tuple[int, int, int, int]) -> Bools:
    """Rectangles: left, top, right, bottom, without the last."""
    made = np.zeros((height, width), bool)
    for left, top, right, bottom in boxes:
        made[top:bottom, left:right] = True
    return made


def written(folder: Path, masks: list[Bools]) -> list[Path]:
    files = [folder / f"{number:03}.png" for number in range(len(masks))]
    for file, made in zip(files, masks, strict=True):
        Image.fromarray(made.astype(np.uint8) * 255).save(file)
    return files


def test_regions_are_those_of_scikit_image() -> None:
    made = np.random.default_rng(0).random((60, 90)) < 0.2
    labelled, boxes = components(made)
    reference = label(made, connectivity=2)
    pairs = set(zip(labelled.ravel().tolist(), reference.ravel().tolist(), strict=True))
    assert len(pairs) == reference.max() + 1 == len(boxes) + 1
    number = dict(pairs)
    for region in regionprops(reference):
        top, left, bottom, right = region.bbox
        mine = next(k for k, v in number.items() if v == region.label)
        expected = [left / 90, top / 60, right / 90, bottom / 60]
        assert boxes[mine - 1].tolist() == pytest.approx(expected)


def test_an_empty_mask_has_no_region() -> None:
    labelled, boxes = components(np.zeros((4, 6), bool))
    assert not labelled.any()
    assert boxes.shape == (0, 4)


def test_cells_that_divide_a_mask_hold_its_means() -> None:
    made = np.random.default_rng(0).random((32, 48)) < 0.3
    expected = made.reshape(4, 8, 6, 8).mean(axis=(1, 3))
    np.testing.assert_allclose(cell_shares(made, (4, 6)), expected, atol=1e-12)


def test_cells_of_another_grid_share_pixels_by_area() -> None:
    # Three pixels in two cells: the middle one is half in each.
    shares = cell_shares(np.array([[False, True, True]]), (1, 2))
    np.testing.assert_allclose(shares, [[1 / 3, 1.0]], atol=1e-6)
    made = np.random.default_rng(0).random((240, 360)) < 0.3
    assert cell_shares(made, (28, 36)).mean() == pytest.approx(made.mean(), abs=1e-6)


def test_tracks_by_hand(tmp_path: Path) -> None:
    masks = [
        mask(40, 80, (0, 0, 10, 10), (40, 0, 50, 10)),  # two begin: 0 and 1
        mask(40, 80, (5, 0, 15, 10), (45, 0, 55, 10)),  # both go on
        mask(40, 80, (5, 0, 50, 10)),  # one region over both: the larger overlap goes on, 0
        mask(40, 80),  # nothing
        mask(40, 80, (5, 0, 50, 10)),  # a new one, 2, though it lies where 0 was
        mask(40, 80, (5, 0, 10, 10), (20, 0, 50, 10)),  # it splits: the larger part goes on
        mask(40, 80, (60, 20, 70, 30)),  # far away: new, 4
    ]
    truth = read_truth(written(tmp_path, masks), (5, 10))
    assert truth.frames.tolist() == [0, 0, 1, 1, 2, 4, 5, 5, 6]
    found = sorted(zip(truth.frames.tolist(), truth.boxes[:, 0] * 80, truth.tracks, strict=True))
    assert found == [
        (0, 0, 0),
        (0, 40, 1),
        (1, 5, 0),
        (1, 45, 1),
        (2, 5, 0),
        (4, 5, 2),
        (5, 5, 3),
        (5, 20, 2),
        (6, 60, 4),
    ]
    np.testing.assert_allclose(truth.boxes[-1], [60 / 80, 20 / 40, 70 / 80, 30 / 40])
    assert truth.areas.shape == (7, 5, 10)
    assert truth.areas.any(axis=(1, 2)).tolist() == [True, True, True, False, True, True, True]


def test_no_track_reaches_into_the_next_event(tmp_path: Path) -> None:
    one = read_truth(written(tmp_path, [mask(8, 8, (0, 0, 4, 4))] * 2 + [mask(8, 8)]), (1, 1))
    both = joined([one, one])
    assert both.frames.tolist() == [0, 1, 3, 4]
    assert both.tracks.tolist() == [0, 0, 1, 1]
    assert both.areas.shape == (6, 1, 1)
    assert both.boxes.shape == (4, 4)


def images() -> dict[str, tuple[Image.Image, str]]:
    """One anomalous pixel at (1, 2) in each kind of picture."""
    grey: npt.NDArray[np.uint8] = np.zeros((3, 4), np.uint8)
    grey[1, 2] = 1
    colour = np.zeros((3, 4, 3), np.uint8)
    colour[1, 2, 1] = 1
    opaque = np.dstack([colour, np.full((3, 4), 255, np.uint8)])
    palette = Image.fromarray(1 - grey, "P")
    palette.putpalette([255, 0, 0, 0, 0, 0])  # the first colour is red
    return {
        "grey": (Image.fromarray(grey), "png"),
        "black and white": (Image.fromarray(grey * 255).convert("1"), "bmp"),
        "sixteen bits": (Image.fromarray(grey.astype(np.uint16) * 256), "png"),
        "colour": (Image.fromarray(colour), "png"),
        "with opacity": (Image.fromarray(opaque), "png"),
        "palette": (palette, "png"),
    }


@pytest.mark.parametrize("kind", images())
def test_any_picture_is_anomalous_where_it_is_not_black(tmp_path: Path, kind: str) -> None:
    image, suffix = images()[kind]
    file = tmp_path / f"mask.{suffix}"
    image.save(file)
    truth = read_truth([file], (3, 4))
    expected = np.zeros((1, 3, 4))
    expected[0, 1, 2] = 1
    np.testing.assert_array_equal(truth.areas, expected)


def test_a_mask_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"The mask .*a\.png cannot be read as an image"):
        read_truth([tmp_path / "a.png"], (1, 1))


def test_a_mask_of_another_size_is_named(tmp_path: Path) -> None:
    files = written(tmp_path, [mask(8, 16), mask(8, 16), mask(16, 8)])
    with pytest.raises(UserError, match=r"002\.png is 8x16 pixels but those before it are 16x8"):
        read_truth(files, (1, 1))


def test_arrays_that_do_not_fit_are_refused() -> None:
    numbers = np.zeros(1, np.int64)
    with pytest.raises(AssertionError):
        Truth(np.zeros((1, 1, 1)), numbers, np.zeros((2, 4)), numbers)
