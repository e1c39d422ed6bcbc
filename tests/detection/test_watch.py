"""A row a frame, with what the detector, its threshold and its alarm say."""

from math import isnan, nan
from unittest.mock import Mock

import numpy as np
import torch

from tests.detection.footage import FRAMES, RATE, RESTLESS, copying, pictures
from vadlit.detection.watch import Row, watch
from vadlit.detector import Detector
from vadlit.scoring.view import CueValue


def rows(made: Detector, count: int = FRAMES) -> list[Row]:
    frames = ((n / RATE, *made.prepare(picture)) for n, picture in enumerate(pictures()[:count]))
    return list(watch(made, RATE, frames))


def test_every_frame_from_the_fifth_on_has_a_row() -> None:
    found = rows(copying())
    assert [row.frame for row in found] == list(range(4, FRAMES))
    assert [row.seconds for row in found] == [frame / RATE for frame in range(4, FRAMES)]


def test_frames_unlike_the_last_are_flagged() -> None:
    # The first still frame after them differs from the last restless one, too.
    restless = [*RESTLESS, RESTLESS.stop]
    found = rows(copying())
    assert [row.frame for row in found if row.flagged] == restless
    assert [row.frame for row in found if row.alarm] == restless
    assert {row.level for row in found} == {-30.0}
    assert {row.kind for row in found} == {""}


def test_a_new_event_begins_anew() -> None:
    made = copying()
    assert rows(made) == rows(made)


def test_the_alarm_is_that_of_the_detector() -> None:
    made = copying()
    made.config["alarm"] |= {"cool_down": 0.5}
    found = rows(made)
    alarmed = [row.frame for row in found if row.alarm]
    assert alarmed == list(range(RESTLESS.start, RESTLESS.stop + 1 + 5))


def test_what_cannot_be_scored_is_flagged_and_a_changed_scene_named() -> None:
    made = copying()
    said = [CueValue(value, torch.zeros(32, 64), value == 7) for value in (nan, 7, -90)]
    pending = [lambda value=value: value for value in said]
    made.cue = Mock(needs=frozenset({"frames"}), taps=(), start=Mock(side_effect=pending))
    first, second, third = rows(made, 7)
    assert isnan(first.score)
    assert [row.flagged for row in (first, second, third)] == [True, True, False]
    assert [row.kind for row in (first, second, third)] == ["", "changed", ""]


def test_levels_are_those_of_the_threshold() -> None:
    made = copying()
    made.threshold = Mock(wraps=made.threshold, span=0.0, level=lambda score, changed: score + 1)
    assert not any(row.flagged for row in rows(made))
    found = np.array([(row.score, row.level) for row in rows(made)])
    assert np.array_equal(found[:, 1], found[:, 0] + 1)
