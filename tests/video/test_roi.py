from typing import Any

import numpy as np
import pytest

from vadlit.errors import UserError
from vadlit.video.roi import Roi, checked_roi, in_pixels


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, Roi(0, 0, 640, 480)),
        ([80, 0, 480, 480], Roi(80, 0, 480, 480)),
        ([0.25, 0.5, 0.5, 0.5], Roi(160, 240, 320, 240)),
        ([0, 0, 1, 1], Roi(0, 0, 640, 480)),
        ([0.1, 0, 0.9, 1], Roi(64, 0, 576, 480)),
    ],
)
def test_pixels_and_fractions(stated: Any, expected: Roi) -> None:
    assert in_pixels(checked_roi(stated, "auto"), (480, 640), "a.mp4") == expected


@pytest.mark.parametrize(
    "stated",
    [
        "all",
        [1, 2, 3],
        [0, 0, 0, 5],
        [-1, 0, 5, 5],
        [True, 0, 5, 5],
        [0.5, 0, 90, 90],
        [9, 0, 1, 1],
    ],
)
def test_what_is_no_roi(stated: Any) -> None:
    with pytest.raises(UserError, match=r"roi is .*; allowed is \[x, y, .*, auto or null\."):
        checked_roi(stated, "auto")


@pytest.mark.parametrize("stated", [[600, 0, 41, 10], [0, 400, 10, 81], [0.6, 0, 0.5, 1]])
def test_out_of_the_picture(stated: list[float]) -> None:
    with pytest.raises(UserError, match=r"not inside the 640x480 pixels of a\.mp4"):
        in_pixels(checked_roi(stated, "auto"), (480, 640), "a.mp4")


def test_crop() -> None:
    image = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    np.testing.assert_array_equal(Roi(2, 1, 3, 2).crop(image), image[1:3, 2:5])
