"""Alarms: what an operator hears. An unbroken run of frames with the alarm on is one alarm.

An alarm is right when it begins inside an anomalous case, or up to `EARLY` frames before one and
lasts into it; else it is false, however long it lasts. A case is detected when a right alarm has
a frame in it. So one alarm over a whole event is false unless the event begins with an anomaly,
and what a false alarm happens to cover counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from vadlit.evaluation.cases import Case, runs
from vadlit.evaluation.report import Report
from vadlit.evaluation.scores import Bools, EventScores

EARLY = 4  # nobody labels a beginning to the frame
HOUR = 3600.0


@dataclass(frozen=True)
class Alarms:
    """What the alarms of one event come to.

    Attributes:
        alarms: All of them.
        false_alarms: Those that are not right.
        cases: The anomalous ones.
        delays: Frames from the beginning of each detected case to its alarm, 0 or more.
        normal: Normal frames that are scored.
        alarmed: Those with the alarm on.
    """

    alarms: int
    false_alarms: int
    cases: int
    delays: tuple[int, ...]
    normal: int
    alarmed: int


def alarms(event: EventScores, raised: Bools) -> Alarms:
    """Match the alarms of an event to its cases.

    A case that began before the first scored frame is taken to begin with it.

    Args:
        event: What was scored.
        raised: (n,) True on the scored frames with the alarm on.
    """
    assert raised.shape == event.labels.shape
    heard, due = runs(raised, event.first), runs(event.labels, event.first)
    right = [alarm for alarm in heard if any(_is_right(alarm, case) for case in due)]
    delays = [delay for case in due if (delay := _delay(case, right)) is not None]
    normal, alarmed = int((~event.labels).sum()), int((~event.labels & raised).sum())
    return Alarms(len(heard), len(heard) - len(right), len(due), tuple(delays), normal, alarmed)


def alarm_report(
    events: Sequence[EventScores], raised: Sequence[Bools], rates: Sequence[float | None]
) -> Report:
    """The numbers of all events' alarms, flat.

    - `alarms`, `false_alarms`: how many there are, and how many are not right.
    - `alarm_precision`: the share of detected cases among them and the false alarms; so an alarm
      that flickers within a case is no more right than one that stays.
    - `alarm_recall`: the share of anomalous cases that is detected; `cases_missed`: the others.
    - `alarm_f1`: the harmonic mean of both; 0 where there are cases but none is detected.
    - `alarm_normal_share`: of the normal frames, those with the alarm on. An alarm that never
      stops again is one right alarm; this is where it shows.
    - `delay_frames`, `delay_seconds`: median over the detected cases.
    - `false_alarms_per_hour`: of normal footage.

    Args:
        events: What was scored.
        raised: For each event (n,) True on the scored frames with the alarm on.
        rates: Frames a second of each event. Where one is None, the measures in seconds and hours
            are None, as is all that there is nothing to take it from.
    """
    found = [alarms(*pair) for pair in zip(events, raised, strict=True)]
    false, due = sum(x.false_alarms for x in found), sum(x.cases for x in found)
    delays = [float(delay) for x in found for delay in x.delays]
    return {
        "alarms": sum(x.alarms for x in found),
        "false_alarms": false,
        "alarm_precision": _share(len(delays), len(delays) + false),
        "alarm_recall": _share(len(delays), due),
        "alarm_f1": _share(2 * len(delays), len(delays) + false + due) if due else None,
        "cases_missed": due - len(delays),
        "alarm_normal_share": _share(sum(x.alarmed for x in found), sum(x.normal for x in found)),
        "delay_frames": _median(delays),
        **_in_time(found, rates),
    }


def _is_right(alarm: Case, case: Case) -> bool:
    return case.first - EARLY <= alarm.first <= case.last and alarm.last >= case.first


def _delay(case: Case, right: Sequence[Case]) -> int | None:
    """Frames from the beginning of a case to its alarm; None where it is missed."""
    reaching = [alarm for alarm in right if alarm.first <= case.last and alarm.last >= case.first]
    return min((max(0, alarm.first - case.first) for alarm in reaching), default=None)


def _in_time(found: Sequence[Alarms], rates: Sequence[float | None]) -> Report:
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(rates):
        return {"delay_seconds": None, "false_alarms_per_hour": None}
    pairs = list(zip(found, known, strict=True))
    hours = sum(x.normal / rate for x, rate in pairs) / HOUR
    return {
        "delay_seconds": _median([delay / rate for x, rate in pairs for delay in x.delays]),
        "false_alarms_per_hour": _share(sum(x.false_alarms for x in found), hours),
    }


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
