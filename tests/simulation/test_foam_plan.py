"""The steps of a cycle come in the order and at the times that are told."""

from collections import Counter

import numpy as np
import pytest

from tests.simulation.conftest import settings
from vadlit.simulation.foam_plan import MISSED_RING, ROD, Pace, plan_foam
from vadlit.simulation.foam_times import ASIDE, HIDDEN, HIGH, PRESSED, RINGS, Timetable

# Without chance, a cycle can be worked out by hand.
REGULAR = Pace(speed=0.25, wait=16.0, pause=2.0, refill=3.0, irregular=0.0, loose=0.0)
# That of conf/line/foam.yaml.
USUAL = Pace(speed=0.2, wait=17.5, pause=1.8, refill=3.0, irregular=0.14, loose=0.003)
LIFT, CYCLE = 28.4, 9.0 + 16.0 + 2.6 + 0.8 + 2.8 + 2.0 + 4 / 3


def drawn(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Chance for what is normal, and for anomalies."""
    luck, mischief = np.random.default_rng(seed).spawn(2)
    return luck, mischief


def spans(table: Timetable, number: int) -> dict[str, list[tuple[float, float]]]:
    """Start and end of a cycle's motions."""
    cycle = table.cycles[number]
    kinds = {"tray": cycle.tray, "height": cycle.height, "aside": cycle.aside}
    return {kind: [(m.start, m.end) for m in moves] for kind, moves in kinds.items()}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_cycle_by_hand(number: int) -> None:
    """3 s away; three motions of 1/6 m at 0.25 m/s, 2 s between; 16 s; down, press, up; away."""
    found = spans(plan_foam(60.0, (), REGULAR, *drawn(0)), number)
    third = 2 / 3
    by_hand = {
        "tray": [
            (3, 3 + third),
            (5 + third, 5 + 2 * third),
            (7 + 2 * third, 9),
            (33.2, 33.2 + 4 / 3),
        ],
        "height": [(25, 27.6), (LIFT, 31.2)],
        "aside": [(22.7, 24.7), (31.5, 33.5)],
    }
    for kind, expected in by_hand.items():
        np.testing.assert_allclose(np.array(found[kind]) - number * CYCLE, expected)


def test_motions_lead_from_the_right_to_the_middle_and_back() -> None:
    cycle = plan_foam(60.0, (), REGULAR, *drawn(0)).cycles[0]
    stops = [HIDDEN, 2 / 3 * HIDDEN, 1 / 3 * HIDDEN, 0.0, HIDDEN]
    np.testing.assert_allclose([m.origin for m in cycle.tray], stops[:-1])
    np.testing.assert_allclose([m.goal for m in cycle.tray], stops[1:])
    assert [(m.origin, m.goal) for m in cycle.height] == [(HIGH, PRESSED), (PRESSED, HIGH)]
    assert [(m.origin, m.goal) for m in cycle.aside] == [(ASIDE, 0), (0, ASIDE)]


@pytest.mark.parametrize("seed", range(8))
def test_irregular_cycles_keep_the_order_and_wait_as_long_as_told(seed: int) -> None:
    table = plan_foam(300.0, (), USUAL, *drawn(seed))
    waits = []
    for place, cycle in enumerate(table.cycles):
        *_, arrived, leave = cycle.tray
        down, up = cycle.height
        come, away = cycle.aside
        steps = [cycle.start, *(t for m in cycle.tray[:3] for t in (m.start, m.end))]
        steps += [come.start, come.end, down.start, down.end, up.start, up.end, leave.start]
        assert steps == sorted(steps)
        assert up.end < away.start < away.end <= cycle.end
        assert leave.end <= cycle.end
        waits.append(down.start - arrived.end)
        if place:
            assert cycle.start == table.cycles[place - 1].end
    assert min(waits) > 15
    assert max(waits) < 20
    assert np.ptp(waits) > 1


@pytest.mark.parametrize("seconds", [0.1, 10.0, 60.0, 400.0])
def test_the_picker_leaves_in_the_middle_of_every_event(seconds: float) -> None:
    table = plan_foam(seconds, (), USUAL, *drawn(3))
    lifts = [cycle.lift - table.origin for cycle in table.cycles]
    assert min(abs(lift - seconds / 2) for lift in lifts) < 1e-9
    assert table.cycles[-1].end >= table.origin + seconds
    assert table.cycles[0].start <= table.origin


def test_anomalies_leave_what_is_normal_as_it_was() -> None:
    sound = plan_foam(150.0, (), USUAL, *drawn(5))
    odd = plan_foam(150.0, (MISSED_RING, ROD, MISSED_RING), USUAL, *drawn(5))
    assert odd.origin == sound.origin
    assert [spans(odd, k) for k in range(len(odd.cycles))] == [
        spans(sound, k) for k in range(len(sound.cycles))
    ]
    assert [c.rings for c in odd.cycles] == [c.rings for c in sound.cycles]
    assert not sound.reaches
    assert all(cycle.missed is None for cycle in sound.cycles)


def test_a_ring_is_missed_in_the_cycle_whose_lift_is_nearest() -> None:
    table = plan_foam(120.0, (ROD, MISSED_RING), REGULAR, *drawn(0))
    # Lifts are 34.53 s apart, with one at 60 s: due at 90 s, the next is at 94.5 s.
    (missed,) = (c for c in table.cycles if c.missed is not None)
    assert missed.lift - table.origin == pytest.approx(60 + CYCLE)
    (reach,) = table.reaches
    assert reach.start + reach.seconds / 2 - table.origin == pytest.approx(30)


def test_one_ring_a_cycle_and_any_of_them() -> None:
    tables = [plan_foam(170.0, (MISSED_RING,) * 4, USUAL, *drawn(seed)) for seed in range(10)]
    missed = [[c.missed for c in t.cycles if c.missed is not None] for t in tables]
    assert all(len(each) == 4 for each in missed)
    assert {place for each in missed for place in each} == set(range(RINGS))
    # A short event has one lift.
    short = plan_foam(10.0, (MISSED_RING,) * 3, USUAL, *drawn(0))
    assert sum(c.missed is not None for c in short.cycles) == 1


@pytest.mark.parametrize("seconds", [2.0, 60.0])
def test_rods_do_not_overlap(seconds: float) -> None:
    table = plan_foam(seconds, (ROD,) * 4, USUAL, *drawn(1))
    ends = [reach.start + reach.seconds for reach in table.reaches]
    starts = [reach.start for reach in table.reaches]
    assert len(starts) == 4
    assert starts[0] > table.origin
    assert ends[-1] < table.origin + seconds
    assert all(end < start for end, start in zip(ends[:-1], starts[1:], strict=True))


def test_rings_lie_loosely_and_look_different() -> None:
    cycle = plan_foam(60.0, (), USUAL, *drawn(0)).cycles[0]
    far = np.array([np.hypot(ring.x, ring.y) for ring in cycle.rings])
    assert far.max() <= USUAL.loose
    assert far.min() > 0
    assert sorted(ring.look for ring in cycle.rings) == list(range(RINGS))


def test_events_of_the_data_set_show_all_that_they_are_asked_for() -> None:
    plans = settings("line=foam").plans
    asked: Counter[str] = Counter()
    for plan in plans:
        table = plan_foam(plan.seconds, plan.anomaly, USUAL, *drawn(0))
        missed = sum(cycle.missed is not None for cycle in table.cycles)
        assert missed == plan.anomaly.count(MISSED_RING)
        assert len(table.reaches) == plan.anomaly.count(ROD)
        asked.update(plan.anomaly)
    assert asked[MISSED_RING] >= 3
    assert asked[ROD] >= 2
    assert {bait for plan in plans for bait in plan.bait} == {"lamp_off", "lamp_switched", "shadow"}
