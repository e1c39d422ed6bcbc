"""Rays against formulas, and against marching through the solid in small steps."""

from math import pi

import numpy as np
import numpy.typing as npt
import pytest

from vadlit.simulation.rays import FAR, hit, surface
from vadlit.simulation.scene import Box, Floats, Material, Solid, Turned, turn
from vadlit.simulation.tables import Register

PLAIN = Material()
POLYGONS = {
    "cylinder": ((0.0, -0.2), (0.3, -0.2), (0.3, 0.25), (0.0, 0.25)),
    "cone": ((0.0, 0.0), (0.4, 0.0), (0.1, 0.5), (0.0, 0.5)),
    "ring": ((0.2, 0.0), (0.35, 0.0), (0.35, 0.2), (0.2, 0.2), (0.2, 0.0)),
    "cap": ((0.0, 0.2), (0.27, 0.2), (0.27, 0.0), (0.3, 0.0), (0.3, 0.25), (0.0, 0.25)),
}


def rays(count: int) -> list[tuple[Floats, Floats]]:
    """Eyes around and directions that mostly meet what is about the origin."""
    generator = np.random.default_rng(0)
    eyes = generator.standard_normal((count, 3))
    eyes *= 1.5 / np.linalg.norm(eyes, axis=1, keepdims=True)
    ways = generator.uniform(-0.35, 0.35, (count, 3)) - eyes
    return list(zip(eyes, ways / np.linalg.norm(ways, axis=1, keepdims=True), strict=True))


def met(solid: Solid, eye: Floats, way: Floats) -> tuple[float, int, Register, Floats]:
    register = Register()
    table = register.solids([solid])
    faces = register.surfaces().faces
    t, face = hit(table, faces, 0, triple(eye), triple(way), FAR)
    return t, face, register, table


def triple(vector: Floats) -> tuple[float, float, float]:
    x, y, z = vector.tolist()
    return x, y, z


def inside(polygon: tuple[tuple[float, float], ...], r: Floats, z: Floats) -> npt.NDArray[np.bool_]:
    """Whether (r, z) is within the closed outline: the even-odd rule."""
    odd = np.zeros(r.shape, bool)
    for (r0, z0), (r1, z1) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if z0 != z1:
            crossed = (z0 > z) != (z1 > z)
            odd ^= crossed & (r < r0 + (z - z0) / (z1 - z0) * (r1 - r0))
    return odd


@pytest.mark.parametrize("name", POLYGONS)
def test_turned_shapes_are_met_where_marching_gets_in(name: str) -> None:
    polygon = POLYGONS[name]
    points = tuple((max(r, 1e-4), z) for r, z in polygon)
    position, rotation = np.array([0.05, -0.1, 0.02]), turn(z=0.4, y=0.8, x=-0.5)
    solid = Solid(Turned(points, (PLAIN,)), triple(position), rotation)
    steps = np.arange(0.0, 3.0, 4e-4)
    hits = grazing = 0
    for eye, way in rays(80):
        local = (eye + steps[:, None] * way - position) @ rotation
        within = inside(polygon, np.hypot(local[:, 0], local[:, 1]), local[:, 2])
        t, face, *_ = met(solid, eye, way)
        if within.sum() > 4:  # not one that only grazes an edge
            assert t == pytest.approx(float(steps[within][0]), abs=1e-3)
            assert face >= 0
            hits += 1
        elif not within.any() and face >= 0:
            grazing += 1  # between two steps
    assert grazing <= 2
    assert hits > 15


def test_a_box_is_met_where_the_slabs_say() -> None:
    size, rotation = np.array([0.5, 0.3, 0.2]), turn(z=1.0, y=-0.3, x=0.2)
    solid = Solid(Box(triple(size), PLAIN, Material()), (0.1, 0.0, -0.1), rotation)
    hits = 0
    for eye, way in rays(200):
        o, d = (eye - solid.position) @ rotation, way @ rotation
        near, far = np.sort([(-size / 2 - o) / d, (size / 2 - o) / d], axis=0)
        t, face, *_ = met(solid, eye, way)
        if near.max() < far.min():
            assert t == pytest.approx(near.max(), rel=1e-9)
            # The second face is the upper one.
            assert face == int(near.argmax() == 2 and d[2] < 0)
            hits += 1
        else:
            assert (t, face) == (FAR, -1)
    assert hits > 60


def test_a_cylinder_is_met_where_the_quadratic_says() -> None:
    """Straight at the side: o + t d at radius R; the normal points from the axis."""
    solid = Solid(Turned(((0.3, -1.0), (0.3, 1.0)), (PLAIN,)), (0.0, 0.0, 0.0))
    for y in np.linspace(-0.29, 0.29, 9).tolist():
        eye, way = np.array([-2.0, y, 0.1]), np.array([1.0, 0.0, 0.0])
        t, face, register, table = met(solid, eye, way)
        x = -np.sqrt(0.3**2 - y**2)
        assert t == pytest.approx(2 + x, rel=1e-9)
        normal, u, v = surface(
            table, register.surfaces().faces, 0, face, triple(eye + t * way), triple(way)
        )
        np.testing.assert_allclose(normal, [x / 0.3, y / 0.3, 0.0], atol=1e-9)
        # Once around from -pi on, and down from the top.
        assert u == pytest.approx(np.arctan2(y, x) / (2 * pi) + 0.5)
        assert v == pytest.approx(0.45)


def test_an_arc_is_met_on_its_side_alone() -> None:
    solid = Solid(Turned(((0.3, -1.0), (0.3, 1.0)), (PLAIN,), arc=0.5))
    for angle in np.linspace(-3, 3, 25).tolist():
        way = -np.array([np.cos(angle), np.sin(angle), 0.0])
        t, face, *_ = met(solid, -2 * way, way)
        if abs(angle) < 0.49:
            assert t == pytest.approx(1.7)
        elif abs(abs(angle) - pi) < 0.49:
            assert t == pytest.approx(2.3)  # from within, at the far side
        elif min(abs(abs(angle) - 0.5), abs(abs(angle) - pi + 0.5)) > 0.02:
            assert face == -1


def test_what_is_behind_or_beyond_the_limit_is_not_met() -> None:
    register = Register()
    table = register.solids([Solid(Box((1, 1, 1), PLAIN))])
    faces = register.surfaces().faces
    assert hit(table, faces, 0, (2.0, 0.0, 0.0), (1.0, 0.0, 0.0), FAR)[1] == -1
    assert hit(table, faces, 0, (2.0, 0.0, 0.0), (-1.0, 0.0, 0.0), 1.4)[1] == -1
    assert hit(table, faces, 0, (2.0, 0.0, 0.0), (-1.0, 0.0, 0.0), 1.6)[0] == pytest.approx(1.5)


def test_a_corner_that_is_flat_is_shaded_round_and_a_sharp_one_is_not() -> None:
    solid = Solid(Turned(((0.3, 0.0), (0.3, 0.1), (0.28, 0.2), (1e-4, 0.2)), (PLAIN,)))
    register = Register()
    table = register.solids([solid])
    faces = register.surfaces().faces
    normals = []
    for height in (0.0999, 0.1001, 0.1999):
        eye, way = (-2.0, 0.0, height), (1.0, 0.0, 0.0)
        t, face = hit(table, faces, 0, eye, way, FAR)
        normals.append(surface(table, faces, 0, face, (-2.0 + t, 0.0, height), way)[0])
    np.testing.assert_allclose(normals[0], normals[1], atol=0.01)
    # At the edge to the flat above, the side keeps its own.
    np.testing.assert_allclose(
        normals[2], np.array([-0.1, 0, 0.02]) / np.hypot(0.1, 0.02), atol=1e-3
    )
