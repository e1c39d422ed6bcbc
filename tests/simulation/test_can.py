"""Where cans are on their conveyor, and how they stand or lie."""

from collections.abc import Callable
from itertools import combinations, pairwise
from math import pi

import numpy as np
import numpy.typing as npt
import pytest

from vadlit.errors import UserError
from vadlit.simulation.can import FALLEN, POST_IT, UPSIDE_DOWN, CanLine
from vadlit.simulation.cans import HEIGHT, RADIUS
from vadlit.simulation.line import Plan
from vadlit.simulation.scene import Moment, Solid, Turned

TRACK = 0.42
KINDS = (POST_IT, FALLEN, UPSIDE_DOWN)


@pytest.fixture(scope="module")
def line() -> CanLine:
    return CanLine(speed=0.05, gap=0.125, jitter=0.4, visible=0.002, seed=0)


def script(line: CanLine, *kinds: str, seed: int = 1) -> Callable[[float], Moment]:
    return line.script(Plan("test", "event", 60.0, kinds), np.random.default_rng(seed))


def cans(moment: Moment) -> list[Solid]:
    """All but the note, which comes last, and what is away."""
    return [solid for solid in moment.solids[:-1] if solid.position[2] > -1]


def cloud(solid: Solid) -> npt.NDArray[np.float64]:
    """Points of a can's surface where it is."""
    assert isinstance(solid.shape, Turned)
    around = np.linspace(0, 2 * pi, 181)
    own = [
        np.stack([r * np.cos(around), r * np.sin(around), z + 0 * around], 1)
        for r, z in solid.shape.points
    ]
    return np.concatenate(own) @ solid.rotation.T + solid.position


def middle(solid: Solid) -> npt.NDArray[np.float64]:
    return np.array(solid.rotation @ [0, 0, HEIGHT / 2] + solid.position)


@pytest.mark.parametrize("kind", [None, *KINDS])
@pytest.mark.parametrize("time", [0.0, 28.0, 30.0, 33.0])
def test_cans_are_on_the_belt_and_apart(line: CanLine, kind: str | None, time: float) -> None:
    shown = cans(script(line, *([kind] if kind else []))(time))
    assert len(shown) > 3
    for can in shown:
        assert np.hypot(*middle(can)[:2]) == pytest.approx(TRACK, abs=1e-9)
        assert cloud(can)[:, 2].min() == pytest.approx(0.0, abs=1e-4)
    standing = [can for can in shown if abs(can.rotation[2, 2]) > 0.5]
    for one, two in combinations(standing, 2):
        assert np.linalg.norm(middle(one) - middle(two)) > 2 * RADIUS


def test_cans_keep_the_lines_speed_and_face(line: CanLine) -> None:
    show = script(line)
    before, after = show(10.0), show(10.5)
    for one, two in zip(before.solids[1:-1], after.solids[1:-1], strict=True):
        if min(one.position[2], two.position[2]) < -1:
            continue
        turned = np.angle(complex(*two.position[:2]) / complex(*one.position[:2]))
        assert turned * TRACK == pytest.approx(0.05 * 0.5, rel=1e-6)
        # They ride: what faces outwards goes on doing so.
        facing = [np.angle(complex(*s.rotation[:2, 0])) for s in (one, two)]
        assert (facing[1] - facing[0]) % (2 * pi) == pytest.approx(turned, abs=1e-9)


def test_cans_are_the_gap_apart_in_the_mean_and_irregular(line: CanLine) -> None:
    show = script(line)
    angles = sorted({round(float(np.angle(complex(*c.position[:2]))), 9) for c in cans(show(0.0))})
    gaps = np.array([two - one for one, two in pairwise(angles)]) * TRACK
    assert 0.125 * 0.6 - 1e-6 < gaps.min() < gaps.max() < 0.125 * 1.4 + 0.01
    assert gaps.std() > 0.005


@pytest.mark.parametrize("kind", KINDS)
def test_the_odd_can_is_in_the_middle_at_its_time_and_alone(line: CanLine, kind: str) -> None:
    show = script(line, kind)
    odd = [solid for solid in cans(show(30.0)) if solid.anomalous]
    assert len(odd) == 1
    # The picture's middle is where y is least; no can is nearer to it.
    assert abs(middle(odd[0])[0]) == min(
        abs(middle(can)[0]) for can in cans(show(30.0)) if middle(can)[1] < 0
    )
    assert middle(odd[0])[1] < 0
    assert not any(solid.anomalous for solid in cans(show(0.0)))


def test_how_the_odd_can_stands(line: CanLine) -> None:
    up = {
        kind: next(s for s in cans(script(line, kind)(30.0)) if s.anomalous).rotation[:, 2]
        for kind in KINDS
    }
    np.testing.assert_allclose(up[POST_IT], [0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(up[UPSIDE_DOWN], [0, 0, -1], atol=1e-9)
    assert abs(up[FALLEN][2]) < 1e-9


def test_the_note_is_on_its_can_and_faces_outwards(line: CanLine) -> None:
    moment = script(line, POST_IT)(30.0)
    note = moment.solids[-1]
    can = next(solid for solid in cans(moment) if solid.anomalous)
    assert note.anomalous
    assert note.position == can.position
    outwards = np.array(note.position[:2]) / TRACK
    np.testing.assert_allclose(note.rotation[:2, 0], outwards, atol=1e-9)
    assert script(line)(30.0).solids[-1].position[2] < -1


def test_kinds_come_in_order_and_may_come_again(line: CanLine) -> None:
    show = script(line, FALLEN, UPSIDE_DOWN, FALLEN)
    heights = []
    for time in (10.0, 30.0, 50.0):
        odd = [s for s in cans(show(time)) if s.anomalous]
        nearest = min(odd, key=lambda solid: abs(middle(solid)[0]))
        heights.append(round(float(nearest.rotation[2, 2])))
    assert heights == [0, -1, 0]


def test_a_moment_depends_on_nothing_but_its_time(line: CanLine) -> None:
    show, again = script(line, FALLEN), script(line, FALLEN)
    times = np.random.default_rng(0).permutation(np.arange(0, 60, 1.3)).tolist()
    first = {time: show(time) for time in times}
    for time in sorted(times):
        for one, two in zip(again(time).solids, first[time].solids, strict=True):
            assert one.position == two.position
            assert one.shape is two.shape
            np.testing.assert_array_equal(one.rotation, two.rotation)


@pytest.mark.parametrize(
    ("setting", "value"), [("speed", -1), ("gap", 0.01), ("jitter", 0.9), ("visible", 0)]
)
def test_mistakes_are_sentences(setting: str, value: float) -> None:
    sound = {"speed": 0.05, "gap": 0.125, "jitter": 0.2, "visible": 0.002}
    with pytest.raises(UserError, match=f"line.{setting} is {value}; allowed is a number from"):
        CanLine(**{**sound, setting: value}, seed=0)
