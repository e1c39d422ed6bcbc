import json

import pytest

from vadlit.errors import UserError
from vadlit.video.framing import Framing, Region
from vadlit.video.roi import Roi

PHONE = Region((1080, 1920), Roi(100, 200, 800, 800))
CAMERA = Region((480, 640), Roi(0, 0, 480, 480))
SIZE = (224, 224)


def test_pictures_that_were_trained_on_are_cut_as_then() -> None:
    framing = Framing((PHONE, CAMERA))
    assert framing.roi((1080, 1920), SIZE, "a.mp4") == PHONE.roi
    assert framing.roi((480, 640), SIZE, "a.mp4") == CAMERA.roi


def test_frames_cut_out_already_stay_whole() -> None:
    assert Framing((PHONE,)).roi(SIZE, SIZE, "a") == Roi(0, 0, 224, 224)


def test_footage_that_was_taken_whole_may_have_any_size() -> None:
    assert Framing().roi((480, 640), SIZE, "a.mp4") == Roi(0, 0, 640, 480)


def test_other_pictures_are_told() -> None:
    told = r"a.mp4 are 1280x720, and .* roi=\[100,200,800,800\] of 1920x1080 or roi=\[0,0,480,480\]"
    with pytest.raises(UserError, match=told):
        Framing((PHONE, CAMERA)).roi((720, 1280), SIZE, "a.mp4")


def test_without_a_known_picture_it_must_lie_inside() -> None:
    framing = Framing((Region(None, Roi(100, 0, 200, 100)),))
    assert framing.roi((100, 300), SIZE, "a.mp4") == Roi(100, 0, 200, 100)
    with pytest.raises(UserError, match="trained on roi="):
        framing.roi((100, 299), SIZE, "a.mp4")


@pytest.mark.parametrize(
    "framing", [Framing(), Framing((PHONE, Region(None, CAMERA.roi)), 10.0, 29.97)]
)
def test_json_gives_it_back(framing: Framing) -> None:
    assert Framing.of_plain(json.loads(json.dumps(framing.plain()))) == framing
