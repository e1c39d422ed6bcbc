"""Frames of the can line: repeatable, lit by lamps, and anomalous where something shows."""

import numpy as np
import numpy.typing as npt
import pytest

from tests.simulation.conftest import Film
from vadlit.simulation.film import Shot
from vadlit.simulation.line import Plan

QUIET = (
    "camera.noise=0",
    "camera.drift=0",
    "camera.vibration=0",
    "camera.adapts=0",
    "surroundings.passers=0",
    "surroundings.daylight=0",
)
NORMAL = Plan("test", "normal", 1.0)


def images(shots: list[Shot]) -> npt.NDArray[np.uint8]:
    return np.stack([shot.image for shot in shots])


def test_an_event_has_as_many_frames_as_its_length_says(film: Film) -> None:
    shots = film(Plan("test", "normal", 1.5))
    assert images(shots).shape == (8, 64, 64, 3)  # 7.5 rounds to the even 8
    assert not any(shot.anomalous or shot.bait for shot in shots)


def test_a_seed_repeats_and_another_does_not(film: Film) -> None:
    first = images(film(NORMAL))
    np.testing.assert_array_equal(images(film(NORMAL)), first)
    # A stage, too, is the same however often it is asked for.
    assert (images(film(NORMAL, "seed=1")) != first).mean() > 0.2
    assert (images(film(Plan("test", "other", 1.0))) != first).mean() > 0.2


@pytest.mark.parametrize(
    "change",
    [
        "line.speed=0.2",
        "line.gap=0.2",
        "line.jitter=0",
        "camera.exposure=1.3",
        "camera.drift=0.3",
        "camera.adapts=0",
        "camera.vibration=1",
        "camera.softness=0.3",
        "camera.noise=6",
        "camera.vignette=0.6",
        "camera.quality=20",
        "surroundings.passers=20",
        "surroundings.daylight=0.5",
    ],
)
def test_every_setting_changes_the_picture(film: Film, change: str) -> None:
    plan = Plan("test", "normal", 15.0)  # long enough for somebody to pass
    assert (images(film(plan, change)) != images(film(plan))).any()


def test_the_shutter_blurs_what_moves(film: Film) -> None:
    fast = ("line.speed=1", *QUIET)
    sharp, blurred = (images(film(NORMAL, f"camera.shutter={s}", *fast)) for s in (0, 1))
    edges = [np.abs(np.diff(x.astype(float), axis=2)).mean() for x in (sharp, blurred)]
    assert edges[1] < 0.97 * edges[0]


def test_things_move_at_the_speed_of_the_line(film: Film) -> None:
    still = images(film(NORMAL, "line.speed=0", *QUIET))
    np.testing.assert_array_equal(still[0], still[-1])
    moving = images(film(NORMAL, "line.speed=0.2", *QUIET))
    assert (moving[0] != moving[-1]).mean() > 0.02


def test_a_lamp_that_goes_out_is_not_a_gain(film: Film) -> None:
    """Without the ceiling lamp, light comes from the side: some places lose more than others."""
    lit = images(film(NORMAL, "line.speed=0", *QUIET)).astype(float)[0].mean(axis=2)
    dark = images(film(Plan("test", "normal", 1.0, (), ("lamp_off",)), "line.speed=0", *QUIET))
    kept = dark.astype(float)[0].mean(axis=2)[lit > 60] / lit[lit > 60]
    assert np.median(kept) < 0.9
    assert np.quantile(kept, 0.95) > 1.3 * np.quantile(kept, 0.05)


def test_a_switched_lamp_goes_out_and_comes_back(film: Film) -> None:
    shots = film(Plan("test", "switched", 8.0, (), ("lamp_switched",)), *QUIET)
    off = np.array([bool(shot.bait) for shot in shots])
    changes = np.flatnonzero(np.diff(off.astype(int)))
    assert len(changes) == 2
    light = images(shots).mean(axis=(1, 2, 3))
    assert light[changes[0] + 3 : changes[1]].max() < 0.9 * light[: changes[0]].min()


def test_a_shadow_crosses(film: Film) -> None:
    shots = film(Plan("test", "shade", 6.0, (), ("shadow",)), "line.speed=0", *QUIET)
    light = images(shots).astype(float)
    shaded = np.array([bool(shot.bait) for shot in shots])
    assert 0 < shaded.sum() < len(shots)
    np.testing.assert_array_equal(light[~shaded][0], light[~shaded][-1])
    darkest = (light[shaded] - light[~shaded][0]).min(axis=0).mean(axis=2)
    assert darkest.min() < -15
    assert np.quantile(darkest, 0.98) > -3  # a shadow, not a dimmed lamp


@pytest.mark.parametrize("kind", ["post_it", "fallen", "upside_down"])
def test_a_frame_is_anomalous_while_the_odd_can_shows(film: Film, kind: str) -> None:
    """The same event with a sound can in its place differs exactly where it is labelled."""
    odd = film(Plan("test", "event", 40.0, (kind,)), *QUIET)
    sound = film(Plan("test", "event", 40.0), *QUIET)
    anomalous = np.array([shot.anomalous for shot in odd])
    starts = np.flatnonzero(np.diff(anomalous.astype(int)) == 1)
    assert len(starts) == 1
    assert 10 < anomalous.sum() < len(anomalous) - 10
    assert not any(shot.anomalous for shot in sound)


def test_what_is_visible_enough_is_a_setting(film: Film) -> None:
    plan = Plan("test", "event", 40.0, ("fallen",))
    strict, lax = (
        sum(shot.anomalous for shot in film(plan, f"line.visible={share}", *QUIET))
        for share in (0.02, 0.0005)
    )
    assert 0 < strict < lax
