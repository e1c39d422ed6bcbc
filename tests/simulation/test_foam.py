"""The foam line: who is where in each phase, what can be seen, and when frames are anomalous."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.simulation.conftest import Film, settings
from tests.simulation.test_film import QUIET, images
from vadlit.errors import UserError
from vadlit.simulation.film import Shot
from vadlit.simulation.foam import FoamLine
from vadlit.simulation.foam_parts import FLOOR, INNER, LENGTH, OUTER, PEGS, TALL, Picker, Tray
from vadlit.simulation.foam_times import HIDDEN, RINGS
from vadlit.simulation.line import Plan
from vadlit.simulation.render import Renderer
from vadlit.simulation.scene import Floats, Moment, Solid

# Without chance: the picker leaves in the middle of an event. A cycle lasts 35.83 s: 3 s away,
# 6 s to come in, 16 s of waiting, 1.3 s down, 0.8 s pressing, 1.4 s up, 2 s, 1.33 s to leave.
REGULAR = (
    "line=foam", "line.speed=0.25", "line.wait=16", "line.pause=2", "line.refill=3",
    "line.irregular=0", "line.loose=0",
)  # fmt: skip
SOUND = Plan("test", "event", 61.0)
MISSED = Plan("test", "event", 61.0, ("missed_ring",))
# In 5 frames a second of this one, that of 7.2 s is the first after the picker leaves.
SHORT, FIRST = Plan("test", "event", 14.2, ("missed_ring",)), 36
ROD = Plan("test", "event", 14.0, ("rod",))
# Times in an event of 61 s.
LIFT = 30.5
HIDING, ARRIVED, DOWN, PRESSING = LIFT - 26.3, LIFT - 19.4, LIFT - 3.4, LIFT - 0.4
UP, LEAVING, LEFT = LIFT + 2.8, LIFT + 4.8, LIFT + 4.8 + 4 / 3

Groups = dict[str, list[int]]


@cache
def line() -> FoamLine:
    """The line without chance."""
    chosen = settings(*REGULAR).line
    assert isinstance(chosen, FoamLine)
    return chosen


def script(plan: Plan, seed: int = 0) -> Callable[[float], Moment]:
    return line().script(plan, np.random.default_rng(seed))


@cache
def counts() -> tuple[int, int]:
    """Of how many solids a tray and a picker are made."""
    generator = np.random.default_rng(0)
    tray, picker = Tray(generator), Picker(generator)
    return len(tray.place(0.0, False)), len(picker.place(0.0, 0.0, 0.0))


def groups(moment: Moment) -> Groups:
    """Numbers of the solids of each thing."""
    tray, picker = counts()
    ends = np.cumsum([0, tray, RINGS, picker, 1]).tolist()
    assert len(moment.solids) == ends[-1]
    names = ("tray", "rings", "picker", "rod")
    return {name: list(range(ends[k], ends[k + 1])) for k, name in enumerate(names)}


def solids(moment: Moment, name: str) -> list[Solid]:
    return [moment.solids[k] for k in groups(moment)[name]]


def places(moment: Moment, name: str) -> Floats:
    return np.array([solid.position for solid in solids(moment, name)])


def seen(plan: Plan, times: list[float], size: tuple[int, int] = (64, 64)) -> list[dict[str, int]]:
    """How many pixels show each thing."""
    chosen = line()
    renderer = Renderer(chosen.stage(), size)
    moment = chosen.script(plan, np.random.default_rng(0))
    found = []
    for time in times:
        now = moment(time)
        ids = renderer.draw([now]).seen
        found.append({name: int(np.isin(ids, k).sum()) for name, k in groups(now).items()})
    return found


def project(points: Floats, size: tuple[int, int]) -> Floats:
    """Pixel coordinates of points (n, 3), by a pinhole."""
    view = line().stage().view
    ahead = np.subtract(view.target, view.eye)
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1])
    right /= np.linalg.norm(right)
    down = np.cross(ahead, right)
    away = points - np.array(view.eye)
    focal = size[0] / 2 / np.tan(view.angle / 2)
    x, y = (focal * (away @ axis) / (away @ ahead) for axis in (right, down))
    return np.stack([x + size[1] / 2, y + size[0] / 2], 1)


def labels(shots: list[Shot]) -> npt.NDArray[np.bool_]:
    return np.array([shot.anomalous for shot in shots])


@pytest.fixture(scope="module")
def missed(film: Film) -> list[Shot]:
    """A ring is missed."""
    return film(SHORT, *REGULAR, *QUIET)


def test_tray_rings_and_picker_in_each_phase() -> None:
    now = script(SOUND)
    hiding, waiting, pressing = (now(time) for time in (HIDING, ARRIVED + 1, PRESSING))
    assert places(hiding, "tray")[0][0] == pytest.approx(HIDDEN)
    for moment in (waiting, pressing):
        assert places(moment, "tray")[0][0] == pytest.approx(0)
        np.testing.assert_allclose(places(moment, "rings"), [(x, 0, FLOOR) for x in PEGS])
    up = now(UP)
    np.testing.assert_allclose(places(up, "rings")[:, 0], PEGS)
    lifted = places(up, "rings")[:, 2] - FLOOR
    raised = places(up, "picker")[0, 2] - places(pressing, "picker")[0, 2]
    assert lifted.min() == lifted.max() > 0.3
    # It pressed some millimetres down before it took the rings with it.
    assert 0.002 < raised - lifted[0] < 0.01
    assert places(now(LEFT), "tray")[0][0] == pytest.approx(HIDDEN)


def test_cups_stay_on_the_rings_while_the_beam_presses() -> None:
    now = script(SOUND)
    heights = places(now(PRESSING), "picker")[:, 2]
    touching = np.flatnonzero(np.isclose(heights, FLOOR + TALL))
    assert len(touching) == RINGS
    for time in np.linspace(LIFT, UP, 20).tolist():
        moment = now(time)
        tops = places(moment, "rings")[:, 2] + TALL
        np.testing.assert_allclose(places(moment, "picker")[touching, 2], tops)


def test_what_can_be_seen_in_each_phase() -> None:
    times = [HIDING, ARRIVED + 1, DOWN - 0.1, PRESSING, UP + 0.1, LEFT + 0.1]
    hiding, waiting, before, pressing, after, left = seen(SOUND, times)
    for empty in (hiding, left):
        assert empty == {"tray": 0, "rings": 0, "picker": 0, "rod": 0}
    for full in (waiting, before):
        assert full["picker"] == full["rod"] == 0
        assert full["rings"] > 0.04 * 64 * 64
        assert full["tray"] > 0.08 * 64 * 64
    assert pressing["picker"] > 0.08 * 64 * 64
    assert after["rings"] == after["picker"] == 0
    assert after["tray"] > waiting["tray"]


def test_the_tray_waits_out_of_wide_pictures_too() -> None:
    (hiding,) = seen(SOUND, [HIDING], (96, 128))
    assert not any(hiding.values())


def test_the_tray_comes_in_three_motions() -> None:
    now = script(SOUND)
    times = np.arange(HIDING, ARRIVED + 0.5, 0.05)
    x = np.array([places(now(time), "tray")[0, 0] for time in times.tolist()])
    moving = np.concatenate([[0], np.abs(np.diff(x)) > 1e-6, [0]]).astype(int)
    assert (np.diff(moving) == 1).sum() == 3
    assert (np.diff(x) <= 0).all()


def test_the_missed_ring_shows_as_many_pixels_as_a_ring_has() -> None:
    """Its outline is the hull of two circles, but for the pin that shows through its hole."""
    size = (240, 240)
    (with_ring,) = seen(MISSED, [LEAVING - 0.1], size)
    moment = script(MISSED)(LEAVING - 0.1)
    (place,) = [s.position for s in solids(moment, "rings") if s.anomalous]
    around = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([OUTER * np.cos(around), OUTER * np.sin(around), 0 * around], 1)
    outline = np.concatenate([circle, circle + np.array([0, 0, TALL])]) + place
    hull = cv2.convexHull(project(outline, size).astype(np.float32))
    area = cv2.contourArea(hull)
    hole = area * (INNER / OUTER) ** 2
    assert area - hole / 2 < with_ring["rings"] < 1.01 * area
    assert with_ring["rings"] > 0.015 * size[0] * size[1]


def test_only_the_ring_that_stays_and_its_tray_are_anomalous() -> None:
    now = script(MISSED)
    for time in np.arange(0.0, 61.0, 0.5).tolist():
        moment = now(time)
        rings, tray = solids(moment, "rings"), solids(moment, "tray")
        left = LIFT <= time < LEFT
        assert sum(ring.anomalous for ring in rings) == left
        assert {solid.anomalous for solid in tray} == {left}
        assert not any(solid.anomalous for solid in solids(moment, "picker"))
    above = places(now(UP), "rings")[:, 2] - FLOOR
    assert sorted((above > 0.3).tolist()) == [False, True, True, True]
    assert np.abs(above).min() == 0


def test_labels_begin_when_the_picker_leaves_and_end_when_the_tray_has_left(
    missed: list[Shot],
) -> None:
    anomalous = np.flatnonzero(labels(missed))
    assert anomalous[0] == FIRST
    assert (np.diff(anomalous) == 1).all()
    # The last corner of the tray leaves, by its way of least jerk from 0 to HIDDEN.
    share = np.linspace(0, 1, 2000)
    way = HIDDEN * (10 * share**3 - 15 * share**4 + 6 * share**5)
    corner = np.stack([way - LENGTH / 2, 0 * way - 0.05, 0 * way + 0.024], 1)
    inside = project(corner, (64, 64))[:, 0] < 64
    gone = 7.1 + 4.8 + 4 / 3 * share[inside.sum()]
    assert gone - 0.4 < anomalous[-1] / 5 <= gone
    assert gone < 7.1 + 4.8 + 4 / 3


def test_a_missed_ring_changes_the_picture_from_the_lift_on(film: Film, missed: list[Shot]) -> None:
    sound = film(replace(SHORT, anomaly=()), *REGULAR, *QUIET)
    differs = (images(missed) != images(sound)).any(axis=(1, 2, 3))
    assert not differs[:FIRST].any()
    # The picker first lets go of what it has pressed: nothing can be seen in a fifth of a second.
    assert differs[FIRST + 2 :][labels(missed)[FIRST + 2 :]].all()
    assert not labels(sound).any()


def test_nothing_is_anomalous_in_whole_cycles_without_anomaly(film: Film) -> None:
    shots = film(Plan("train", "morning", 80.0), "line=foam", "rate=2")
    assert len(shots) == 160
    assert not labels(shots).any()


def test_a_rod_is_labelled_while_it_shows(film: Film) -> None:
    odd, sound = (film(plan, *REGULAR, *QUIET) for plan in (ROD, replace(ROD, anomaly=())))
    anomalous = np.flatnonzero(labels(odd))
    assert (np.diff(anomalous) == 1).all()
    assert 35 in anomalous  # the middle
    assert 15 < len(anomalous) < 55  # 3 to 11 s
    change = np.abs(images(odd).astype(float) - images(sound)).max(axis=(1, 2, 3))
    assert change[anomalous].min() > 20
    assert change[[0, -1]].max() == 0


def test_a_seed_repeats_and_another_does_not(film: Film) -> None:
    plan = Plan("test", "event", 4.0, ("missed_ring",))
    first = images(film(plan, "line=foam"))
    np.testing.assert_array_equal(images(film(plan, "line=foam")), first)
    assert (images(film(plan, "line=foam", "seed=1")) != first).mean() > 0.2


@pytest.mark.parametrize("anomaly", [(), ("missed_ring", "rod", "missed_ring")])
def test_a_script_depends_on_time_alone(anomaly: tuple[str, ...]) -> None:
    plan = Plan("test", "event", 90.0, anomaly)
    times = np.random.default_rng(1).permutation(np.arange(0, 90, 1.7)).tolist()
    forwards, mixed = script(plan), script(plan)
    expected = {time: forwards(time) for time in sorted(times)}
    for time in times:
        for one, other in zip(mixed(time).solids, expected[time].solids, strict=True):
            assert one.position == other.position
            np.testing.assert_array_equal(one.rotation, other.rotation)
            assert one.anomalous == other.anomalous


@pytest.mark.parametrize(
    "change",
    [
        "line.speed=0.1",
        "line.wait=12",
        "line.pause=4",
        "line.refill=9",
        "line.irregular=0.3",
        "line.loose=0.003",
    ],
)
def test_every_setting_changes_what_happens(change: str) -> None:
    plan = Plan("test", "event", 40.0)
    moments = [
        settings(*REGULAR, *more).line.script(plan, np.random.default_rng(0))
        for more in ((), (change,))
    ]
    one, other = (
        [solid.position for t in np.arange(0, 40, 0.5).tolist() for solid in moment(t).solids]
        for moment in moments
    )
    assert one != other


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("line.speed=0", "line.speed is 0"),
        ("line.wait=1", "line.wait is 1"),
        ("line.irregular=0.9", "line.irregular is 0.9"),
        ("line.loose=0.1", "line.loose is 0.1"),
        ("line.visible=0", "line.visible is 0"),
        ("anomaly=[fallen]", "fallen; the foam line has missed_ring, rod"),
    ],
)
def test_mistakes_are_sentences(override: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        settings("line=foam", override)
