import numpy as np
import pytest

from vadlit.evaluation.alarms import EARLY, Alarms, alarm_report, alarms
from vadlit.evaluation.scores import Bools, EventScores


def flags(drawn: str) -> Bools:
    """One character a frame: anything but a point is True."""
    return np.array([c != "." for c in drawn], bool)


def event(labels: str) -> EventScores:
    zeros = np.zeros(len(labels))
    return EventScores("a", 4, zeros, zeros, flags(labels))


def counted(labels: str, raised: str) -> Alarms:
    return alarms(event(labels), flags(raised))


# alarms, false ones, cases, delays, normal frames, those of them with the alarm on
CASES = {
    "none": ("......", "......", (0, 0, 0, (), 6, 0)),
    "missed": ("..##..", "......", (0, 0, 1, (), 4, 0)),
    "at once": ("..##..", "..!!..", (1, 0, 1, (0,), 4, 0)),
    "late": ("..###.", "....!!", (1, 0, 1, (2,), 3, 1)),
    "too late": ("..##..", "....!!", (1, 1, 1, (), 4, 2)),
    "a little early": (".....##", ".!!!!!.", (1, 0, 1, (0,), 5, 4)),
    "too early": ("......##", ".!!!!!!!", (1, 1, 1, (), 6, 5)),
    "early but over before": (".....##", ".!!....", (1, 1, 1, (), 5, 2)),
    "flickering": ("..#####", "...!.!!", (2, 0, 1, (1,), 2, 0)),
    "right and false": (".....#####", "!.....!!!!", (2, 1, 1, (1,), 5, 1)),
    "two cases, one alarm": ("##...##", ".!!!!!!", (1, 0, 2, (1, 0), 3, 3)),
    "all of it": ("......##..", "!!!!!!!!!!", (1, 1, 1, (), 8, 8)),
    "all of an anomalous event": ("#####", "!!!!!", (1, 0, 1, (0,), 0, 0)),
    "nothing scored": ("", "", (0, 0, 0, (), 0, 0)),
}


@pytest.mark.parametrize("name", CASES)
def test_alarms_by_hand(name: str) -> None:
    labels, raised, expected = CASES[name]
    assert counted(labels, raised) == Alarms(*expected)


def test_an_alarm_may_be_early_by_so_many_frames_and_no_more() -> None:
    labels = "." * 10 + "##"
    for early in range(8):
        raised = "." * (10 - early) + "!" * (early + 1) + "."
        assert counted(labels, raised).false_alarms == int(early > EARLY)


def test_what_a_false_alarm_covers_is_missed_but_a_later_one_finds_it() -> None:
    found = counted("......####", "!!!!!!!.!.")
    assert (found.alarms, found.false_alarms, found.delays) == (2, 1, (2,))


def reported(*pairs: tuple[str, str], rates: list[float | None]) -> dict[str, object]:
    events, raised = [event(pair[0]) for pair in pairs], [flags(pair[1]) for pair in pairs]
    return dict(alarm_report(events, raised, rates))


def test_report_by_hand() -> None:
    # Three cases, two detected after 2 and 0 frames; three alarms, one false; 10 normal frames
    # of which 2 have the alarm on, 4 at 2 frames a second and 6 at 1.
    first, second = ("..###..##", "....!...."), ("......###", "!!....!..")
    assert reported(first, second, rates=[2.0, 1.0]) == {
        "alarms": 3,
        "false_alarms": 1,
        "alarm_precision": pytest.approx(2 / 3),
        "alarm_recall": pytest.approx(2 / 3),
        "alarm_f1": pytest.approx(2 / 3),
        "cases_missed": 1,
        "alarm_normal_share": pytest.approx(2 / 10),
        "delay_frames": 1.0,
        "delay_seconds": 0.5,
        "false_alarms_per_hour": pytest.approx(1 / (4 / 2 + 6) * 3600),
    }


def test_f1_is_the_harmonic_mean() -> None:
    found = reported(("##..##..##", "!.....!..."), ("......", "!.!.!."), rates=[None, None])
    precision, recall = found["alarm_precision"], found["alarm_recall"]
    assert (precision, recall) == (pytest.approx(1 / 5), pytest.approx(1 / 3))
    assert found["alarm_f1"] == pytest.approx(2 / (5 + 3))


def test_flicker_is_no_more_precise_than_one_alarm() -> None:
    normal = ("....", "..!.")
    steady = reported(("######", "!!!!!!"), normal, rates=[None, None])
    flicker = reported(("######", "!.!.!."), normal, rates=[None, None])
    assert flicker["alarms"] == 4
    assert steady["alarm_precision"] == flicker["alarm_precision"] == 0.5


def test_without_a_frame_rate_nothing_is_told_in_time() -> None:
    known, unknown = reported(("##", "!!"), ("..", "!!"), rates=[25.0, None]), ("..", "..")
    assert known["delay_seconds"] is known["false_alarms_per_hour"] is None
    assert known["delay_frames"] == 0
    assert reported(unknown, rates=[25.0])["false_alarms_per_hour"] == 0


def test_what_is_not_defined_is_none() -> None:
    silent = reported(("....", "...."), rates=[10.0])
    none = ("alarm_precision", "alarm_recall", "alarm_f1", "delay_frames", "delay_seconds")
    assert {silent[key] for key in none} == {None}
    deaf = reported(("####", "...."), rates=[10.0])
    assert (deaf["alarm_precision"], deaf["alarm_recall"], deaf["alarm_f1"]) == (None, 0, 0)
    assert deaf["false_alarms_per_hour"] is deaf["alarm_normal_share"] is None


def test_no_events_have_no_alarms() -> None:
    found = reported(rates=[])
    assert (found["alarms"], found["cases_missed"]) == (0, 0)
    assert found["false_alarms_per_hour"] is None


def test_an_alarm_state_of_another_length_is_refused() -> None:
    with pytest.raises(AssertionError):
        counted("####", "...")
