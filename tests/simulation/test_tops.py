"""Tops lie on the belt, and the gripper holds them without going through them."""

from math import pi

import numpy as np
import numpy.typing as npt
import pytest

from vadlit.simulation.feed import HEIGHT, RADIUS
from vadlit.simulation.scene import Box, Turned
from vadlit.simulation.tops import PERIOD, WIDTH, Gripper, lie, make_belt, make_tops


def points(shape: Turned) -> npt.NDArray[np.float64]:
    """The surface's corners, all around."""
    around = np.linspace(0, 2 * pi, 721)
    return np.concatenate(
        [
            np.stack([r * np.cos(around), r * np.sin(around), z + 0 * around], 1)
            for r, z in shape.points
        ]
    )


@pytest.mark.parametrize("tilt", [0.0, pi / 2, pi])
@pytest.mark.parametrize("spin", [-2.0, 0.0, 0.7])
def test_a_top_lies_on_the_belt_about_its_place(tilt: float, spin: float) -> None:
    top = make_tops(np.random.default_rng(0))[0]
    foot, rotation = lie(0.1, -0.02, spin, tilt)
    cloud = points(top) @ rotation.T + foot
    assert cloud[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    middle = rotation @ [0.0, 0.0, HEIGHT / 2] + foot
    np.testing.assert_allclose(middle[:2], [0.1, -0.02], atol=1e-12)
    assert rotation[2, 2] == pytest.approx(np.cos(tilt))


def test_a_top_is_as_large_as_the_plan_takes_it_for() -> None:
    for top in make_tops(np.random.default_rng(0)):
        assert max(r for r, _ in top.points) == RADIUS
        assert max(z for _, z in top.points) == HEIGHT
        assert min(z for _, z in top.points) == 0


def test_tops_of_a_seed_are_alike_and_differ_among_each_other() -> None:
    first, again = (make_tops(np.random.default_rng(0)) for _ in range(2))
    paints = [[top.materials[-1].texture for top in tops] for tops in (first, again)]
    for one, two in zip(*paints, strict=True):
        np.testing.assert_array_equal(one, two)
    assert (np.array(paints[0][0]) != np.array(paints[0][1])).any()


@pytest.mark.parametrize(("opening", "gap"), [(0.0, 0.0), (0.01, 0.01)])
def test_fingers_touch_what_they_hold_and_do_not_enter_it(opening: float, gap: float) -> None:
    held = (0.05, 0.01, 0.1)
    fingers = Gripper(np.random.default_rng(0)).place(held, opening)[-4:]
    clear = []
    for finger in fingers:
        assert isinstance(finger.shape, Box)
        clear.append(abs(finger.position[1] - held[1]) - finger.shape.size[1] / 2 - RADIUS)
        assert finger.position[2] - finger.shape.size[2] / 2 > held[2]  # above the belt
    assert gap - 0.0006 <= min(clear) < gap + 0.001


def test_the_belt_looks_the_same_after_a_period() -> None:
    belt = make_belt(np.random.default_rng(0))
    assert belt.top is not None
    assert belt.top.texture is not None
    assert belt.size[0] / belt.top.repeat[0] == pytest.approx(PERIOD)
    assert belt.size[1] == WIDTH
    # No edge where the surface comes again but that of a cross seam, of which there are eight.
    rows = belt.top.texture[..., :3].astype(float)
    steps = np.abs(np.diff(np.concatenate([rows, rows[:, :1]], axis=1), axis=1)).mean(axis=(0, 2))
    seams = steps[114::115]
    assert len(seams) == 8
    assert seams[-1] < 1.5 * np.median(seams[:-1])


def test_the_belt_is_darker_along_its_edges() -> None:
    belt = make_belt(np.random.default_rng(0))
    assert belt.top is not None
    assert belt.top.texture is not None
    rows = belt.top.texture[..., :3].mean(axis=(1, 2))
    assert max(rows[0], rows[-1]) < 0.8 * rows[20:-20].min()
