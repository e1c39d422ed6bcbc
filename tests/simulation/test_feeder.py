"""The feeder line in front of the camera: what shows, when, and as what."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from tests.simulation.conftest import Film, settings
from vadlit.errors import UserError
from vadlit.simulation.feed import RADIUS, Feed
from vadlit.simulation.feed_plan import Pace, plan_feed
from vadlit.simulation.feeder import FeederLine
from vadlit.simulation.line import Plan
from vadlit.simulation.scene import Moment, Solid, View
from vadlit.simulation.tops import PERIOD

LINE = "line=feeder"
QUIET = ("camera.noise=0", "camera.drift=0", "camera.vibration=0", "camera.adapts=0",
         "surroundings.passers=0", "surroundings.daylight=0", "camera.shutter=0")  # fmt: skip
KINDS = ("cluster", "fallen", "missed")


def line() -> FeederLine:
    return FeederLine(gap=0.06, pick=3.4, pause=8.0, visible=0.002, seed=0)


def planned(plan: Plan) -> Feed:
    """The feed that a studio of seed 0 films."""
    generator = np.random.default_rng([0, *f"{plan.split}/{plan.name}".encode(), 0])
    return plan_feed(plan.seconds, plan.anomaly, Pace(0.06, 3.4, 8.0), *generator.spawn(2))


def in_picture(view: View, solid: Solid, beyond: float) -> bool:
    """Whether a place is in a square picture or so many metres beside it."""
    forward = np.subtract(view.target, view.eye)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    away = np.subtract(solid.position, view.eye)
    depth = float(away @ forward)
    half = depth * np.tan(view.angle / 2) + beyond
    aside, up = float(away @ right), float(away @ np.cross(right, forward))
    return depth > 0 and abs(aside) < half and abs(up) < half


def script(plan: Plan) -> Callable[[float], Moment]:
    return line().script(plan, np.random.default_rng(5))


def places(moment: Moment) -> npt.NDArray[np.float64]:
    """The belt first."""
    assert moment.belt is not None
    solids = (moment.belt, *moment.solids)
    return np.array([[*s.position, *s.rotation.ravel(), s.anomalous] for s in solids])


@pytest.mark.parametrize("kind", KINDS)
def test_a_moment_depends_on_nothing_but_its_time(kind: str) -> None:
    show = script(Plan("test", "event", 60.0, (kind,)))
    times = np.random.default_rng(0).permutation(np.arange(0, 60, 0.37)).tolist()
    first = {time: places(show(time)) for time in times}
    assert len({len(each) for each in first.values()}) == 1
    for time in sorted(times):
        np.testing.assert_array_equal(places(show(time)), first[time])


@pytest.mark.parametrize("kind", [(), *((kind,) for kind in KINDS)])
def test_nothing_comes_or_goes_in_the_picture(kind: tuple[str, ...]) -> None:
    """Whatever jumps does so where nobody sees it; the belt jumps by what looks the same."""
    view = line().stage().view
    show = script(Plan("test", "event", 100.0, kind))
    before = show(0.0)
    for time in np.arange(1 / 25, 100, 1 / 25).tolist():
        now = show(time)
        steps = np.linalg.norm(places(now)[:, :3] - places(before)[:, :3], axis=1)
        for k in np.flatnonzero(steps[1:] > 0.04):
            assert not in_picture(view, before.solids[k], RADIUS)
            assert not in_picture(view, now.solids[k], RADIUS)
        assert min(steps[0], abs(steps[0] - PERIOD)) < 0.28 / 25 + 1e-9
        before = now


def test_the_hand_is_on_the_top_when_it_closes_and_takes_it_out_of_the_picture() -> None:
    plan = Plan("test", "event", 60.0)
    feed = plan_feed(60.0, (), Pace(0.06, 3.4, 8.0), *np.random.default_rng(5).spawn(2))
    show = script(plan)
    for top in [top for top in feed.picks if 0 < top.taken - feed.origin < 55]:
        start = top.taken - feed.origin
        x = feed.travel(top.taken) - top.along
        closing, out = show(start + 0.5 * 3.4), show(start + 0.999 * 3.4)
        # Its fingers, the last four before the tops, are on both sides of the top.
        fingers = np.array([solid.position for solid in closing.solids[6:10]])
        np.testing.assert_allclose(fingers[:, 0], x, atol=1e-9)
        assert fingers[:, 1].min() < top.across - RADIUS < top.across + RADIUS < fingers[:, 1].max()
        held = [s for s in out.solids[10:] if s.position[2] > 0.1]
        assert len(held) == 1
        assert not in_picture(line().stage().view, held[0], RADIUS)


@pytest.mark.parametrize("kind", KINDS)
def test_labels_begin_and_end_with_what_shows(film: Film, kind: str) -> None:
    """A frame is anomalous while an odd top is well in the picture, and not when all are out."""
    plan = Plan("test", kind, 80.0, (kind,))
    feed = planned(plan)
    shots = film(plan, LINE, *QUIET)
    certain = 0
    for number, shot in enumerate(shots):
        now = feed.origin + number / 5
        way = feed.travel(now)
        odd = [abs(way - top.along) for top in feed.tops if now >= top.wrong_from]
        if any(x < 0.13 for x in odd):
            assert shot.anomalous
            certain += 1
        if all(x > 0.24 for x in odd):
            assert not shot.anomalous
    assert 5 < certain < len(shots) - 100


def test_nothing_is_anomalous_where_nothing_is_wrong(film: Film) -> None:
    assert not any(shot.anomalous for shot in film(Plan("test", "normal", 60.0), LINE, *QUIET))


def test_a_seed_repeats_and_another_does_not(film: Film) -> None:
    plan = Plan("test", "event", 2.0, ("fallen",))
    first, again, other = (
        np.stack([shot.image for shot in film(plan, LINE, *seed)]) for seed in ((), (), ("seed=1",))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.2


@pytest.mark.parametrize("change", ["line.gap=0.1", "line.pick=2", "line.pause=3"])
def test_every_setting_changes_the_picture(film: Film, change: str) -> None:
    plan = Plan("test", "normal", 20.0)
    one, two = (
        np.stack([shot.image for shot in film(plan, LINE, *QUIET, *more)])
        for more in ((), (change,))
    )
    assert (one != two).any()


def test_what_is_visible_enough_is_a_setting(film: Film) -> None:
    plan = Plan("test", "fallen", 60.0, ("fallen",))
    strict, lax = (
        sum(shot.anomalous for shot in film(plan, LINE, f"line.visible={share}", *QUIET))
        for share in (0.006, 0.0005)
    )
    assert 0 <= strict < lax


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("line.gap=0.01", "line.gap is 0.01"),
        ("line.pick=0", "line.pick is 0"),
        ("line.pause=-1", "line.pause is -1"),
        ("line.visible=2", "line.visible is 2"),
        ("anomaly=[post_it]", "post_it; the feeder line has cluster, fallen, missed"),
    ],
)
def test_mistakes_are_sentences(override: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        settings(LINE, override)


def test_the_data_set_has_the_thesiss_splits_and_every_anomaly_and_bait() -> None:
    plans = settings(LINE).plans
    assert {plan.split for plan in plans} == {"train", "val", "test"}
    assert {kind for plan in plans for kind in plan.anomaly} == set(FeederLine.anomalies)
    assert {kind for plan in plans for kind in plan.bait} == set(FeederLine.baits)
    assert sum(plan.seconds for plan in plans if plan.split == "train") == 480  # eight minutes
