"""Alarms: what an operator hears. A run of flagged frames is one alarm, right or false.

An alarm is right when it begins inside an anomalous case, or up to `EARLY` frames before one and
lasts into it; else it is false, however long it lasts. A case is detected when a right alarm has
a frame in it. So one alarm over a whole event is false unless the event begins with an anomaly,
and what a false alarm happens to cover counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from vadlit.evaluation.cases import Case, cases
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
    """

    alarms: int
    false_alarms: int
    cases: int
    delays: tuple[int, ...]
    normal: int


def alarms(event: EventScores, threshold: float) -> Alarms:
    """Raise alarms where the smoothed score is above the threshold, and match them to cases.

    A case that began before the first scored frame is taken to begin with it.
    """
    raised = _runs(event.score > threshold, event.first)
    due = _runs(event.labels, event.first)
    right = [alarm for alarm in raised if any(_is_right(alarm, case) for case in due)]
    delays = [delay for case in due if (delay := _delay(case, right)) is not None]
    normal = int((~event.labels).sum())
    return Alarms(len(raised), len(raised) - len(right), len(due), tuple(delays), normal)


def alarm_report(
    events: Sequence[EventScores], threshold: float, rates: Sequence[float | None]
) -> dict[str, float | int | None]:
    """The numbers of all events' alarms, flat.

    - `alarms`, `false_alarms`; `alarm_precision`: the share of alarms that are right.
    - `alarm_recall`: the share of anomalous cases detected; `cases_missed`: the others.
    - `alarm_f1`: the harmonic mean of both; 0 where there are cases but no right alarm.
    - `delay_frames`, `delay_seconds`: median over the detected cases.
    - `false_alarms_per_hour`: of normal footage.

    Args:
        events: What was scored.
        threshold: A frame with a smoothed score above it is flagged.
        rates: Frames a second of each event. Where one is None, the measures in seconds and hours
            are None, as is all that there is nothing to take it from.
    """
    found = [alarms(event, threshold) for event in events]
    raised, false = sum(x.alarms for x in found), sum(x.false_alarms for x in found)
    due, detected = sum(x.cases for x in found), sum(len(x.delays) for x in found)
    precision = (raised - false) / raised if raised else None
    recall = detected / due if due else None
    return {
        "alarms": raised,
        "false_alarms": false,
        "alarm_precision": precision,
        "alarm_recall": recall,
        "alarm_f1": _f1(precision, recall),
        "cases_missed": due - detected,
        "delay_frames": _median([float(delay) for x in found for delay in x.delays]),
        **_in_time(found, rates),
    }


def _runs(flags: Bools, first: int) -> list[Case]:
    return [run for run in cases(flags, first) if run.anomalous]


def _is_right(alarm: Case, case: Case) -> bool:
    return case.first - EARLY <= alarm.first <= case.last and alarm.last >= case.first


def _delay(case: Case, right: Sequence[Case]) -> int | None:
    """Frames from the beginning of a case to its first flagged one; None where it is missed."""
    reaching = [alarm for alarm in right if alarm.first <= case.last and alarm.last >= case.first]
    return min((max(0, alarm.first - case.first) for alarm in reaching), default=None)


def _f1(precision: float | None, recall: float | None) -> float | None:
    if recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def _in_time(found: Sequence[Alarms], rates: Sequence[float | None]) -> dict[str, float | None]:
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(rates):
        return {"delay_seconds": None, "false_alarms_per_hour": None}
    pairs = list(zip(found, known, strict=True))
    hours = sum(x.normal / rate for x, rate in pairs) / HOUR
    return {
        "delay_seconds": _median([delay / rate for x, rate in pairs for delay in x.delays]),
        "false_alarms_per_hour": sum(x.false_alarms for x in found) / hours if hours else None,
    }


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
