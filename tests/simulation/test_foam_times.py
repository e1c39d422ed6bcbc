"""Motions are smooth, and a rod comes, wanders and goes."""

import numpy as np
import pytest

from tests.simulation.test_foam_plan import REGULAR, drawn
from vadlit.simulation.foam_parts import DEPTH
from vadlit.simulation.foam_plan import ROD, plan_foam
from vadlit.simulation.foam_times import Cycle, Move, Reach, Timetable, follow, smooth


def test_a_motion_starts_and_ends_at_rest() -> None:
    """The polynomial of least jerk is the one with no speed and no gain of it at both ends."""
    step = 1e-3
    for end, inside in ((0.0, step), (1.0, -step)):
        assert smooth(end) == end
        speed = (smooth(end + inside) - smooth(end)) / inside
        gain = (smooth(end + 2 * inside) - 2 * smooth(end + inside) + smooth(end)) / step**2
        assert speed == pytest.approx(0, abs=1e-4)
        assert gain == pytest.approx(0, abs=0.1)
    assert smooth(0.5) == pytest.approx(0.5)
    assert (smooth(-3), smooth(4)) == (0, 1)


def test_motions_that_follow_each_other_keep_where_they_led() -> None:
    moves = (Move(1.0, 2.0, 5.0, 3.0), Move(4.0, 1.0, 3.0, 7.0))
    times = (0.0, 1.0, 2.0, 3.0, 3.5, 4.5, 5.0, 9.0)
    assert [follow(moves, time) for time in times] == pytest.approx([5, 5, 4, 3, 3, 5, 7, 7])


def test_a_time_belongs_to_the_cycle_that_has_begun() -> None:
    table = plan_foam(60.0, (), REGULAR, *drawn(0))
    starts = [cycle.start for cycle in table.cycles]
    for place, start in enumerate(starts):
        assert table.cycle(start) is table.cycles[place]
        assert table.cycle(start + 5) is table.cycles[place]
    assert table.cycle(-1.0) is table.cycles[0]


def test_a_rod_is_held_only_while_it_reaches() -> None:
    one, two = (Reach(s, 2.0, (0.0, -0.1, 0.04), 0.3, (0.0, 0.0)) for s in (3.0, 6.0))
    cycles: tuple[Cycle, ...] = plan_foam(10.0, (), REGULAR, *drawn(0)).cycles
    table = Timetable(cycles, (one, two), 0.0)
    times = (2.9, 3.0, 4.9, 5.0, 5.9, 6.0, 7.9, 8.1)
    assert [table.reach(time) for time in times] == [None, one, one, None, None, two, two, None]


@pytest.mark.parametrize("seed", range(12))
def test_a_rod_drifts_in_and_out_in_front_of_the_tray(seed: int) -> None:
    (reach,) = plan_foam(60.0, (ROD,), REGULAR, *drawn(seed)).reaches
    times = reach.start + reach.seconds * np.linspace(0, 1, 101)
    tips = np.array([reach.at(time)[0] for time in times.tolist()])
    assert np.abs(tips[[0, -1], 0]).min() > 0.2  # half the picture's width, 0.6 m from the camera
    assert np.abs(tips[50, 0]) < 0.12
    assert np.ptp(tips[36:65], axis=0).min() > 0.001  # it never rests
    for time in times.tolist():
        tip, rotation = reach.at(time)
        along = np.array(tip) + np.linspace(0, 0.7, 50)[:, None] * rotation[:, 2]
        assert along[:, 1].max() < -DEPTH / 2 - 0.0065
        assert along[:, 2].min() > -0.013  # above the base
