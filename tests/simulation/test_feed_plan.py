"""What chance may decide about a feed, for many seeds."""

from itertools import combinations, pairwise
from math import cos, inf, pi, sin

import numpy as np
import pytest

from vadlit.simulation.feed import GONE, HEIGHT, HIDDEN, RADIUS, ZONE, Feed, Top, riding
from vadlit.simulation.feed_plan import Pace, plan_feed

PACE = Pace(gap=0.06, pick=3.4, pause=8.0)
# The picture's width on the middle line of the belt ends here, nearly.
EDGE = 0.19
SEEDS = range(12)
KINDS = ((), ("cluster",), ("fallen",), ("missed",), ("cluster", "fallen", "missed"))
EVENTS = [(seed, kinds) for seed in SEEDS for kinds in KINDS]


def planned(seed: int, kinds: tuple[str, ...] = (), seconds: float = 120.0) -> Feed:
    luck, mischief = np.random.default_rng(seed).spawn(2)
    return plan_feed(seconds, kinds, PACE, luck, mischief)


def rests(feed: Feed) -> list[tuple[float, float, float]]:
    """Begin and end of every rest between two bursts, and the belt's way there."""
    return [
        (one.start + riding(one.length), two.start, two.before)
        for one, two in pairwise(feed.bursts)
    ]


def troubled(feed: Feed) -> list[Top]:
    return [top for top in feed.tops if top.wrong_from < inf]


@pytest.mark.parametrize(("seed", "kinds"), EVENTS)
def test_the_belt_rests_while_the_robot_takes_one_top_at_a_time(
    seed: int, kinds: tuple[str, ...]
) -> None:
    feed = planned(seed, kinds)
    assert len(feed.picks) > 5
    for top in feed.picks:
        assert feed.travel(top.taken) == feed.travel(top.taken + PACE.pick)
    for one, two in pairwise(feed.picks):
        assert two.taken >= one.taken + PACE.pick - 1e-9


@pytest.mark.parametrize(("seed", "kinds"), EVENTS)
def test_every_sound_top_is_taken_once_and_in_sight(seed: int, kinds: tuple[str, ...]) -> None:
    feed = planned(seed, kinds)
    assert len({id(top) for top in feed.picks}) == len(feed.picks)
    last = feed.bursts[-1].before
    for top in feed.tops:
        sound = top.wrong_from == inf
        assert (top.taken < inf) == (sound and last - top.along > ZONE)
        if sound and top.taken < inf:
            assert top in feed.picks
            assert ZONE < feed.travel(top.taken) - top.along < EDGE - RADIUS


@pytest.mark.parametrize(("seed", "kinds"), EVENTS)
def test_no_two_tops_overlap(seed: int, kinds: tuple[str, ...]) -> None:
    tops = planned(seed, kinds).tops
    assert list(tops) == sorted(tops, key=lambda top: top.along)
    for place, top in enumerate(tops):
        for other in tops[place + 1 : place + 9]:
            wide = [
                np.hypot(RADIUS, HEIGHT / 2) if t.tilt == pi / 2 else RADIUS for t in (top, other)
            ]
            apart = np.hypot(top.along - other.along, top.across - other.across)
            assert apart >= sum(wide) - 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_sound_tops_come_irregularly_along_the_middle_line(seed: int) -> None:
    tops = planned(seed, seconds=480.0).tops
    gaps = np.diff([top.along for top in tops])
    # Many nearly touch, others are far apart.
    assert (gaps < 0.05).mean() > 0.2
    assert (gaps > 0.08).mean() > 0.1
    assert max(abs(top.across) for top in tops) < 0.003
    assert all(top.tilt == 0 and top.wrong_from == inf for top in tops)


@pytest.mark.parametrize("seed", SEEDS)
def test_eight_minutes_show_some_25_resting_configurations_that_differ(seed: int) -> None:
    """As in the thesis; a configuration is where along the belt tops are."""
    feed = planned(seed, seconds=480.0)
    assert 18 <= len(feed.bursts) <= 34
    places = np.arange(-EDGE, EDGE, 0.002)
    covered = [
        (np.abs(places[:, None] - [way - top.along for top in feed.tops]) < RADIUS).any(axis=1)
        for *_, way in rests(feed)
    ]
    differing = [float((one != two).mean()) for one, two in combinations(covered, 2)]
    assert min(differing) > 0.03
    assert np.median(differing) > 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_clusters_touch_and_lie_off_the_middle_line(seed: int) -> None:
    tops = troubled(planned(seed, ("cluster",)))
    ends = [k for k, (one, two) in enumerate(pairwise(tops), 1) if two.along - one.along > 0.2]
    clusters = np.split(np.array([(top.along, top.across) for top in tops]), ends)
    assert 2 <= len(clusters) <= 3
    for cluster in clusters:
        assert 4 <= len(cluster) <= 7
        apart = np.linalg.norm(cluster[:, None] - cluster[None], axis=2)
        touching = apart < 2 * RADIUS + 0.0005
        # From any of them one comes to all others by way of tops that touch.
        assert (np.linalg.matrix_power(touching.astype(int), len(cluster)) > 0).all()
        assert np.abs(cluster[:, 1]).max() > 0.015


@pytest.mark.parametrize("seed", SEEDS)
def test_one_cluster_rests_in_sight_and_others_pass_without_a_rest(seed: int) -> None:
    feed = planned(seed, ("cluster",))
    tops = troubled(feed)
    first = next(k for k, (one, two) in enumerate(pairwise(tops), 1) if two.along - one.along > 0.2)
    ways = [way for *_, way in rests(feed)]
    assert any(all(abs(way - top.along) < EDGE for top in tops[:first]) for way in ways)
    for top in tops[first:]:
        assert not any(abs(way - top.along) < EDGE + RADIUS for way in ways)


@pytest.mark.parametrize("seed", SEEDS)
def test_fallen_tops_lie_on_their_side_or_upside_down(seed: int) -> None:
    tops = troubled(planned(seed, ("fallen",)))
    assert 1 <= len(tops) <= 3
    assert tops[0].tilt == pi / 2
    assert all(abs(cos(top.tilt)) < 1e-9 or abs(sin(top.tilt)) < 1e-9 for top in tops)
    assert all(top.tilt in (pi / 2, pi) for top in tops)


@pytest.mark.parametrize("seed", SEEDS)
def test_missed_tops_are_an_anomaly_from_when_the_belt_takes_them_on(seed: int) -> None:
    feed = planned(seed, ("missed",))
    tops = troubled(feed)
    assert 1 <= len(tops) <= 2
    for top in tops:
        assert top.taken == inf
        assert top.wrong_from in [burst.start for burst in feed.bursts]
        assert ZONE < feed.travel(top.wrong_from) - top.along < EDGE
        assert feed.travel(feed.origin + 120.0) - top.along > GONE  # it leaves the picture


@pytest.mark.parametrize(("seed", "kinds"), EVENTS)
def test_until_the_first_anomaly_all_is_as_without(seed: int, kinds: tuple[str, ...]) -> None:
    odd, sound = planned(seed, kinds, 90.0), planned(seed, (), 90.0 / max(len(kinds), 1))
    assert odd.origin == sound.origin
    begin = odd.origin + 45.0 / max(len(kinds), 1) - 0.5
    for time in np.linspace(0, begin, 30).tolist():
        way = odd.travel(time)
        assert way == sound.travel(time)
        shown = [
            [(top.along, top.across, top.spin) for top in feed.tops if way - top.along > HIDDEN]
            for feed in (odd, sound)
        ]
        assert shown[0] == shown[1]


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize("seconds", [0.1, 0.6, 2.0, 10.0, 60.0])
def test_in_the_middle_a_burst_sets_out_even_in_short_events(
    seconds: float, kinds: tuple[str, ...]
) -> None:
    feed = planned(3, kinds, seconds)
    due = seconds / 2 / max(len(kinds), 1)
    starts = [burst.start - feed.origin for burst in feed.bursts]
    assert any(start == pytest.approx(max(due - 0.5, 0.0), abs=1e-9) for start in starts)
    assert feed.origin >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_later_anomalies_come_near_their_time(seed: int) -> None:
    feed = planned(seed, ("fallen", "fallen", "fallen"), 240.0)
    entries = [  # of the first of each group
        next(b.start for b in feed.bursts if b.before + b.length - top.along > HIDDEN) - feed.origin
        for top in troubled(feed)
    ]
    for due in (40.0, 120.0, 200.0):
        assert min(abs(entry - due) for entry in entries) < 30
