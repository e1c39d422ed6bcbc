from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from vadlit.preparation.frames import cut, is_whole, jpeg
from vadlit.video.resize import resize
from vadlit.video.roi import Roi


def picture() -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    noise = np.random.default_rng(0).uniform(0, 255, (60, 80, 3))
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 4) * 3 % 256, np.uint8)


def test_cropped_first_then_resized_as_everywhere() -> None:
    image, roi = picture(), Roi(10, 5, 50, 40)
    expected = resize(image[5:45, 10:60].copy(), (32, 64))
    made = cut(image, roi, (32, 64))
    assert torch.equal(torch.from_numpy(made).permute(2, 0, 1), expected)
    assert made.flags.c_contiguous


def test_no_pixel_outside_of_the_roi_is_seen() -> None:
    image = np.full((60, 80, 3), 255, np.uint8)
    image[5:45, 10:60] = 0
    assert cut(image, Roi(10, 5, 50, 40), (32, 32)).max() == 0


def test_jpeg_keeps_colours_in_their_order() -> None:
    image = np.zeros((32, 32, 3), np.uint8)
    image[:, :16, 0], image[:, 16:, 2] = 255, 255
    back = cv2.imdecode(np.frombuffer(jpeg(image, 95), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert back is not None
    np.testing.assert_allclose(back, image.astype(float), atol=6)


def test_quality() -> None:
    sizes = [len(jpeg(picture(), quality)) for quality in (20, 60, 95)]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.7 * sizes[2]


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_an_interrupted_file_is_not_whole(tmp_path: Path, kept: int) -> None:
    file, content = tmp_path / "a.jpg", jpeg(picture(), 95)
    assert not is_whole(file)
    file.write_bytes(content[:kept])
    assert not is_whole(file)
    file.write_bytes(content[:500] + bytes(len(content) - 500))
    assert not is_whole(file)
    file.write_bytes(content)
    assert is_whole(file)
