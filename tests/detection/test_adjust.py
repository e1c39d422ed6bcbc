import numpy as np
import pytest

from tests.detection.footage import copying
from tests.detectors import ALARM
from vadlit.detection.adjust import adjust
from vadlit.detector import Detector
from vadlit.errors import UserError
from vadlit.video.framing import Framing

CONFORMAL = {"_target_": "vadlit.scoring.thresholds.conformal.Conformal", "block": 1.0}


def trained() -> Detector:
    """Ten minutes of normal scores at one frame a second: 0 to 599."""
    made = copying()
    made.normal = [np.arange(300.0), np.arange(300.0, 600.0)]
    made.framing = Framing(frame_rate=1.0)
    return made


def test_nothing_named_changes_nothing() -> None:
    made = trained()
    before = made.threshold.state()
    adjust(made, {"threshold": None, "alarm": None, "level": None})
    assert made.threshold.state() == before
    assert made.config["alarm"] == ALARM


def test_a_threshold_is_fitted_on_the_scores_of_validation() -> None:
    values = []
    for rate in (6.0, 60.0):
        made = trained()
        adjust(made, {"threshold": CONFORMAL | {"false_alarms_per_hour": rate}})
        values.append(made.threshold.value)
        assert made.config["threshold"]["false_alarms_per_hour"] == rate
    # One in an hour of 60 is ten in these ten minutes; a block is a frame.
    assert values[1] == pytest.approx(600 - 10, abs=2)
    assert values[0] > values[1]


def test_a_level_of_ones_own() -> None:
    made = trained()
    median = made.threshold.value - made.threshold.span
    adjust(made, {"level": -12.5})
    assert made.threshold.value == -12.5
    assert made.threshold.span == -12.5 - median


def test_another_alarm() -> None:
    made = trained()
    adjust(made, {"alarm": ALARM | {"minimum": 5.0}})
    alarm = made.alarm(1.0)
    assert [alarm.push(0.0, -30.0) for _ in range(6)] == [False] * 4 + [True] * 2


def test_without_scores_it_is_told() -> None:
    with pytest.raises(UserError, match="The validation scores are empty"):
        adjust(copying(), {"threshold": CONFORMAL | {"false_alarms_per_hour": 1.0}})
