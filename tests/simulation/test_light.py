"""Light against formulas, and shadows against rays to points of the lamp."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from tests.simulation.test_rays import triple
from vadlit.simulation.light import from_lamp, look, mirrored, nearness, shadow
from vadlit.simulation.rays import hit
from vadlit.simulation.scene import Box, Floats, Material, Solid, Turned, turn
from vadlit.simulation.tables import Register

PLAIN = Material()
RING = Turned(
    ((0.2, -0.01), (0.25, -0.01), (0.25, 0.01), (0.2, 0.01), (0.2, -0.01)), (PLAIN,), hole=0.2
)
CAN = Turned(((1e-4, 0), (0.05, 0), (0.05, 0.2), (1e-4, 0.2)), (PLAIN,))
SHAPES = {
    "box": Solid(Box((0.2, 0.1, 0.1), PLAIN), (0.0, 0.0, 0.3), turn(z=0.3)),
    "can": Solid(CAN, (0.0, 0.0, 0.2)),
    "lying": Solid(CAN, (-0.1, 0.0, 0.3), turn(y=np.pi / 2)),
    "ring": Solid(RING, (0.0, 0.0, 0.3)),
}
LAMP, WIDE = np.array([0.2, -0.1, 2.0]), 0.15


def hidden(solid: Solid, point: Floats) -> tuple[float, float]:
    """Share of the lamp that the code says is hidden, and that of rays to its disc."""
    register = Register()
    table, faces = register.solids([solid]), register.surfaces().faces
    way = LAMP - point
    reach = float(np.linalg.norm(way))
    way /= reach
    found = shadow(table, 0, triple(point), triple(way), reach, WIDE / reach)
    side = np.cross(way, [0.0, 1.0, 0.0])
    side /= np.linalg.norm(side)
    up = np.cross(way, side)
    blocked = []
    for radius in (0.3, 0.6, 0.85, 1.0):
        for angle in np.arange(0, 2 * np.pi, np.pi / 6):
            goal = LAMP + WIDE * radius * (np.cos(angle) * side + np.sin(angle) * up)
            d = goal - point
            away = float(np.linalg.norm(d))
            blocked.append(hit(table, faces, 0, triple(point), triple(d / away), away)[1] >= 0)
    return found, float(np.mean(blocked))


@pytest.mark.parametrize("name", SHAPES)
def test_shadows_are_where_rays_to_the_lamp_are_blocked(name: str) -> None:
    line = np.linspace(-0.5, 0.5, 41)
    pairs = [hidden(SHAPES[name], np.array([x, y, 0.0])) for y in (0.0, 0.03, 0.2) for x in line]
    found, true = np.array(pairs).T
    assert true.max() > 0.9
    # Soft edges are a good guess; what is wholly lit or dark is right.
    assert np.abs(found - true).mean() < 0.05
    assert np.abs(found - true).max() < 0.5
    assert found[true == 0].max() < 0.3
    assert found[true == 1].min() > 0.5


def test_what_is_behind_the_point_or_beyond_the_lamp_hides_nothing() -> None:
    for height in (-0.3, 2.5):
        found, true = hidden(Solid(Box((0.3, 0.3, 0.1), PLAIN), (0, 0, height)), np.zeros(3))
        assert found == true == 0


def test_only_what_is_near_and_in_front_takes_the_rooms_light() -> None:
    table = Register().solids([Solid(Box((0.1, 0.1, 0.1), PLAIN), (0.0, 0.0, 0.05))])
    up, away = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
    taken = [nearness(table, 0, (x, 0.0, 0.0), up) for x in (0.051, 0.06, 0.08, 0.2)]
    assert 1 > taken[0] > taken[1] > taken[2] > taken[3] == 0
    assert nearness(table, 0, (0.15, 0.0, 0.05), away) == 0


@pytest.mark.parametrize("repeat", [(1.0, 1.0), (3.0, 2.0)])
def test_textures_are_read_between_their_texels_and_tile(repeat: tuple[float, float]) -> None:
    generator = np.random.default_rng(0)
    texture = generator.integers(0, 256, (5, 7, 4)).astype(np.uint8)
    material = Material((0.9, 0.8, 0.7), 0.5, 0.3, 0.2, texture, repeat)
    register = Register()
    register.solids([Solid(Box((1, 1, 1), material))])
    faces, materials, texels = register.surfaces()
    for u, v in generator.uniform(0, 1, (50, 2)).tolist():
        places = [[v * repeat[1] * 5 - 0.5], [u * repeat[0] * 7 - 0.5]]
        between = [
            float(
                map_coordinates(texture[..., c].astype(float), places, order=1, mode="grid-wrap")[0]
            )
            for c in range(4)
        ]
        color, gloss, rough, metal = look(faces, materials, texels, 0, u, v)
        painted = np.array(between[:3]) / 255
        np.testing.assert_allclose(color, painted**2 * [0.9, 0.8, 0.7], rtol=1e-9)
        assert gloss == pytest.approx(0.5 * between[3] / 255)
        assert (rough, metal) == (0.3, 0.2)


def test_mirrors_and_lambert() -> None:
    generator = np.random.default_rng(0)
    for _ in range(20):
        normal, way = (v / np.linalg.norm(v) for v in generator.standard_normal((2, 3)))
        mirror = mirrored(triple(normal), triple(way))
        np.testing.assert_allclose(mirror, way - 2 * (way @ normal) * normal, atol=1e-12)
        lamp = generator.standard_normal(3)
        lamp /= np.linalg.norm(lamp)
        scattered, shine = from_lamp(triple(normal), mirror, triple(lamp), 0.05, 0.3, 0.25)
        assert scattered == pytest.approx(max(normal @ lamp, 0) * 0.75)
        assert shine >= 0
        assert (shine > 0) == (normal @ lamp > 0)


def test_highlights_are_brightest_in_the_mirrors_direction_and_wider_where_rough() -> None:
    normal = (0.0, 0.0, 1.0)
    angles = np.linspace(0, 1.2, 30)
    lobes = [
        [
            from_lamp(normal, normal, (float(np.sin(a)), 0.0, float(np.cos(a))), 0.0, rough, 0.0)[1]
            for a in angles
        ]
        for rough in (0.1, 0.5)
    ]
    for lobe in lobes:
        assert (np.diff(lobe) < 0).all()
    assert lobes[0][0] > lobes[1][0]
    assert lobes[0][15] / lobes[0][0] < lobes[1][15] / lobes[1][0]
