"""Pictures of a table with a turning belt and a few things on it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from vadlit.simulation.render import MARGIN, Renderer
from vadlit.simulation.scene import (
    AWAY,
    TIP,
    Box,
    Lamp,
    Material,
    Moment,
    Solid,
    Stage,
    Turned,
    View,
    turn,
)
from vadlit.simulation.textures import speckled

SIZE = (88, 104)
GRAIN = speckled(np.random.default_rng(0), (64, 64), (150, 120, 90), 0.1)
RUBBER = Material((1.0, 1.0, 1.0), 0.3, 0.4, 0.0, GRAIN)
DISC = Turned(((0.4, -0.01), (0.4, 0.0), (TIP, 0.0)), (RUBBER,))
CAN = Turned(((TIP, 0.0), (0.05, 0.0), (0.05, 0.12), (TIP, 0.12)), (Material((0.6, 0.1, 0.1)),))
STAGE = Stage(
    (
        Solid(Box((3.0, 3.0, 0.02), Material((0.5, 0.5, 0.5))), (0.0, 0.0, -0.03), casts=False),
        Solid(Box((0.1, 0.1, 0.2), Material((0.2, 0.3, 0.6))), (0.0, 0.5, 0.08)),
    ),
    (
        Lamp((0.5, -0.2, 2.0), (0.7, 0.7, 0.6), 0.15, 0.2),
        Lamp((-2.0, 0.3, 1.2), (0.3, 0.3, 0.4), 0.5, 0.4),
    ),
    View((0.0, -0.9, 0.6), (0.0, 0.0, 0.0), 0.9),
    Solid(DISC, casts=False),
)


def moment(angle: float, lit: float = 1.0, away: bool = False) -> Moment:
    """A can rides on the belt, and one stands in the middle unless it is away."""
    place = (0.3 * np.cos(angle), 0.3 * np.sin(angle), 0.0)
    solids = (Solid(CAN, place), Solid(CAN, AWAY if away else (0.0, 0.0, 0.0)))
    return Moment(solids, (lit, 1.0), belt=Solid(DISC, rotation=turn(z=angle), casts=False))


def cut(light: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What is seen of a picture with its margin."""
    return light[:, MARGIN : MARGIN + SIZE[0], MARGIN : MARGIN + SIZE[1]]


@pytest.mark.parametrize(
    "then",
    [
        lambda now: now,
        lambda now: replace(now, power=(0.3, 1.0)),
        lambda now: replace(now, belt=moment(0.5).belt),
        lambda now: replace(now, solids=moment(0.5).solids),
        lambda now: replace(now, solids=moment(0.2, away=True).solids),
        lambda now: moment(2.0, 0.0, away=True),
    ],
)
def test_what_is_kept_of_the_last_moment_is_what_would_be_drawn(
    then: Callable[[Moment], Moment],
) -> None:
    now = moment(0.2)
    last = then(now)
    renderer = Renderer(STAGE, SIZE)
    renderer.draw([now])
    kept, fresh = renderer.draw([last]), Renderer(STAGE, SIZE).draw([last])
    np.testing.assert_array_equal(kept.light, fresh.light)
    np.testing.assert_array_equal(kept.seen, fresh.seen)


def test_a_belt_looks_like_a_solid_that_moves() -> None:
    """But for its edges, and for the room's light where something stands on it."""
    now = moment(0.7)
    assert now.belt is not None
    belt = Renderer(STAGE, SIZE).draw([now]).light
    solid = Renderer(replace(STAGE, belt=None), SIZE).draw(
        [Moment((*now.solids, now.belt), now.power)]
    )
    away = np.abs(cut(belt) - cut(solid.light)).max(axis=0)
    shown = solid.seen == 2
    assert shown.mean() > 0.2
    inside = shown.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            inside &= np.roll(shown, step, axis)
    assert np.quantile(away[inside], 0.8) < 0.005
    assert away[inside].mean() < 0.01
    turned = Renderer(STAGE, SIZE).draw([moment(0.8)]).light
    assert np.quantile(np.abs(cut(turned) - cut(solid.light)).max(axis=0)[inside], 0.8) > 0.02


def test_a_picture_is_the_mean_of_its_moments_and_shows_the_middle_one() -> None:
    moments = [moment(0.2), moment(0.3, 0.5), moment(0.4, 0.0)]
    one = Renderer(STAGE, SIZE).draw(moments)
    each = [Renderer(STAGE, SIZE).draw([now]) for now in moments]
    np.testing.assert_allclose(one.light, np.mean([x.light for x in each], axis=0), atol=1e-6)
    np.testing.assert_array_equal(one.seen, each[1].seen)


def test_light_is_the_sum_of_the_lamps() -> None:
    renderer = Renderer(STAGE, SIZE)
    both, first, second = (
        renderer.draw([replace(moment(0.2), power=power)]).light
        for power in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0))
    )
    np.testing.assert_allclose(both, first + second, atol=1e-6)
    assert first.mean() > 2 * second.mean() > 0
