from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vadlit.preparation.picture import roi_figure, save
from vadlit.video.roi import Roi


@pytest.mark.parametrize(("height", "width"), [(120, 160), (300, 100), (50, 400)])
def test_the_roi_stays_bright_and_the_rest_is_darkened(
    tmp_path: Path, height: int, width: int
) -> None:
    frame = np.full((height, width, 3), (0, 200, 0), np.uint8)
    roi = Roi(width // 4, height // 4, width // 2, height // 2)
    save(roi_figure("line", frame, roi, (64, 64)), tmp_path / "roi.png")
    image = np.asarray(Image.open(tmp_path / "roi.png").convert("RGB")).astype(int)
    assert image.shape[1] == 1050
    bright = (abs(image - (0, 200, 0)).max(2) < 3).sum()
    dark = (abs(image - (0, 100, 0)).max(2) < 3).sum()
    # Outside and inside of the ROI are as 3 to 1; what is trained on is as bright as the inside.
    assert dark > 0
    assert bright > dark / 3
    assert [path.name for path in tmp_path.iterdir()] == ["roi.png"]


def test_the_title_is_there_to_copy() -> None:
    figure = roi_figure("line", np.zeros((60, 80, 3), np.uint8), Roi(1, 2, 30, 40), (32, 32))
    assert figure.axes[0].get_title() == "roi=[1,2,30,40] of 80x60"
    assert figure.axes[1].get_title() == "as trained, 32x32"
