"""How the belt moves, against the integral of its speed."""

from math import sqrt

import numpy as np
import pytest

from vadlit.simulation.feed import Burst, Feed, Top, riding

SPEED, GAIN = 0.28, 1.6
BURSTS = (Burst(2.0, 0.0, 0.20), Burst(6.0, 0.20, 0.01), Burst(9.0, 0.21, 1.0))


def trapeze(length: float, since: float) -> float:
    """Speed in a burst: up, on, down; a short one never gets to full speed."""
    gain = min(SPEED / GAIN, sqrt(length / GAIN))
    total = length / (GAIN * gain) + gain
    return max(min(GAIN * since, GAIN * gain, GAIN * (total - since)), 0.0)


def test_the_way_is_the_integral_of_the_speed() -> None:
    feed = Feed((), BURSTS, (), 0.0)
    times = np.arange(0, 16, 5e-4)
    speed = [sum(trapeze(b.length, t - b.start) for b in BURSTS) for t in times]
    ways = np.concatenate([[0.0], np.cumsum(speed)[:-1] * 5e-4])
    found = [feed.travel(time) for time in times.tolist()]
    np.testing.assert_allclose(found, ways, atol=3e-4)


def test_the_belt_neither_jumps_nor_goes_back() -> None:
    feed = Feed((), BURSTS, (), 0.0)
    ways = np.array([feed.travel(time) for time in np.arange(0, 16, 1e-3).tolist()])
    steps = np.diff(ways)
    assert steps.min() > -1e-15
    assert steps.max() <= 1.001 * SPEED * 1e-3
    # Nor does its speed.
    assert np.abs(np.diff(steps)).max() <= 1.01 * GAIN * 1e-6
    assert ways[0] == 0
    assert ways[-1] == pytest.approx(1.21)


@pytest.mark.parametrize(
    ("length", "seconds"), [(0.01, 2 * sqrt(0.01 / GAIN)), (0.28, 1 + 0.28 / GAIN)]
)
def test_a_burst_lasts_as_long_as_its_speed_says(length: float, seconds: float) -> None:
    assert riding(length) == pytest.approx(seconds)


def test_the_robot_is_at_the_top_it_set_out_for_last() -> None:
    first, second = Top(0, 0, 0, taken=1.0), Top(0, 0, 0, taken=2.0)
    feed = Feed((first, second), (), (first, second), 0.0)
    assert [feed.pick(time) for time in (0.5, 1.0, 1.9, 2.0, 9.0)] == [
        None, first, first, second, second,
    ]  # fmt: skip
