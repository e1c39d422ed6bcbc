import numpy as np
import pytest

from tests.preparation.footage import HEIGHT, WIDTH, Picture, scene
from vadlit.errors import UserError
from vadlit.preparation.motion import motion_energy, propose
from vadlit.video.roi import Roi

BOX = (40, 32, 90, 56)  # left, top, right, bottom of where the box walks


def walk(*, times: int = 40) -> list[Picture]:
    return [scene(number) for number in range(times)]


def covers(roi: Roi, box: tuple[int, int, int, int], slack: int) -> bool:
    left, top, right, bottom = box
    return (
        roi.x <= left + slack
        and roi.y <= top + slack
        and roi.x + roi.width >= right - slack
        and roi.y + roi.height >= bottom - slack
    )


def test_the_rectangle_of_a_moving_box() -> None:
    roi = propose(motion_energy([walk()]), (HEIGHT, WIDTH), (32, 64), "a.mp4")
    assert covers(roi, BOX, 2)
    assert roi.width * roi.height < 0.4 * HEIGHT * WIDTH
    assert roi.width / roi.height == pytest.approx(2, rel=0.05)


def test_a_square_for_square_frames_inside_the_picture() -> None:
    roi = propose(motion_energy([walk()]), (HEIGHT, WIDTH), (64, 64), "a.mp4")
    assert covers(roi, BOX, 2)
    assert roi.width == roi.height >= 64


def test_nothing_is_enlarged_beyond_the_picture() -> None:
    roi = propose(motion_energy([walk()]), (HEIGHT, WIDTH), (224, 224), "a.mp4")
    assert roi == Roi(0, 0, WIDTH, HEIGHT)


def test_a_large_picture_is_scaled_back() -> None:
    large = [np.kron(frame, np.ones((4, 4, 1), np.uint8)) for frame in walk(times=20)]
    roi = propose(motion_energy([large]), (4 * HEIGHT, 4 * WIDTH), (32, 64), "a.mp4")
    assert covers(roi, (160, 128, 360, 224), 8)
    assert roi.width < 300


def test_a_flickering_speck_a_lamp_and_a_cut_are_no_motion() -> None:
    frames = walk()
    frames[5] = np.minimum(frames[5], 200) + 55  # the lamp
    for frame in frames[::2]:
        frame[4:6, 4:6] = 255
    frames[30][80:90, 0:10] = 255  # once
    roi = propose(motion_energy([frames]), (HEIGHT, WIDTH), (32, 64), "a.mp4")
    assert covers(roi, BOX, 2)
    assert roi.x > 15


def test_pairs_do_not_cross_stretches() -> None:
    still, other = [scene(0)] * 5, [scene(8)] * 5
    assert motion_energy([still, other]).max() == 0
    assert motion_energy([still + other]).max() == 1


def test_stills_have_no_roi() -> None:
    with pytest.raises(UserError, match=r"hardly anything moves in the normal frames of a\.mp4"):
        propose(motion_energy([[scene(0)] * 5]), (HEIGHT, WIDTH), (32, 32), "a.mp4")
