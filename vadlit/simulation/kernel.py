"""What all passes over the picture share: rays, and the light of a point. Compiled."""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vadlit.simulation.compiled import compiled
from vadlit.simulation.light import (
    Look,
    from_lamp,
    from_room,
    look,
    mirrored,
    nearness,
    shadow,
)
from vadlit.simulation.rays import Triple, hit, surface
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import RADIUS, Ints, Texels

# Where the four rays of a pixel on an edge go.
AROUND = ((0.375, 0.125), (0.875, 0.375), (0.125, 0.625), (0.625, 0.875))

Pixels = npt.NDArray[np.float32]


class Scene(NamedTuple):
    """What is drawn; see `tables` for the columns."""

    lens: Floats  # rows: the eye, the direction of the picture's corner, a step in x, one in y
    solids: Floats
    faces: Floats
    materials: Floats
    texels: Texels
    lamps: Floats


@compiled
def ray(view: Floats, x: float, y: float) -> Triple:
    """Direction of length one through a place of the picture."""
    a = view[1, 0] + x * view[2, 0] + y * view[3, 0]
    b = view[1, 1] + x * view[2, 1] + y * view[3, 1]
    c = view[1, 2] + x * view[2, 2] + y * view[3, 2]
    length = sqrt(a * a + b * b + c * c)
    return (a / length, b / length, c / length)


@compiled
def at(view: Floats, way: Triple, t: float) -> Triple:
    """The point at a distance from the eye."""
    return (view[0, 0] + t * way[0], view[0, 1] + t * way[1], view[0, 2] + t * way[2])


@compiled
def first_hit(
    scene: Scene, way: Triple, limit: float, near: Ints, row: int, n: int
) -> tuple[float, int, int]:
    """Distance, solid and face that a ray meets first among the listed; solid -1 for none."""
    eye = (scene.lens[0, 0], scene.lens[0, 1], scene.lens[0, 2])
    best, solid, face = limit, -1, -1
    for j in range(n):
        t, f = hit(scene.solids, scene.faces, near[row, j], eye, way, best)
        if f >= 0:
            best, solid, face = t, near[row, j], f
    return best, solid, face


@compiled
def to_lamp(lamps: Floats, k: int, point: Triple) -> tuple[Triple, float]:
    """Direction of a lamp and distance to it."""
    a = lamps[k, 0] - point[0]
    b = lamps[k, 1] - point[1]
    c = lamps[k, 2] - point[2]
    reach = sqrt(a * a + b * b + c * c)
    return (a / reach, b / reach, c / reach), reach


@compiled
def lit(scene: Scene, k: int, point: Triple, near: Ints, row: int, n: int, own: int) -> float:
    """Share of a lamp that reaches a point past the first n listed solids."""
    way, reach = to_lamp(scene.lamps, k, point)
    spread = scene.lamps[k, RADIUS] / reach
    left = 1.0
    for j in range(n):
        if near[row, j] != own:
            left *= 1.0 - shadow(scene.solids, near[row, j], point, way, reach, spread)
            if left < 0.003:
                return 0.0
    return left


@compiled
def open_to_room(
    scene: Scene, point: Triple, normal: Triple, near: Ints, row: int, n: int, own: int
) -> float:
    """Share of the room's light that reaches a point past the first n listed solids."""
    left = 1.0
    for j in range(n):
        if near[row, j] != own:
            left *= 1.0 - nearness(scene.solids, near[row, j], point, normal)
    return left


@compiled
def answer(
    scene: Scene, i: int, face: int, point: Triple, way: Triple, answers: Floats
) -> tuple[Triple, Look]:
    """Normal and look of a point of a solid; fills `answers` (l + 1, 2).

    Those are what white of gloss one would scatter and mirror of each lamp's light, were nothing in
    its way, and of the room's.
    """
    normal, u, v = surface(scene.solids, scene.faces, i, face, point, way)
    looks = look(scene.faces, scene.materials, scene.texels, face, u, v)
    rough, metal = looks[2], looks[3]
    mirror = mirrored(normal, way)
    count = len(scene.lamps)
    for k in range(count):
        there, reach = to_lamp(scene.lamps, k, point)
        spread = scene.lamps[k, RADIUS] / reach
        scattered, shine = from_lamp(normal, mirror, there, spread, rough, metal)
        answers[k, 0], answers[k, 1] = scattered / (reach * reach), shine / (reach * reach)
    answers[count, 0], answers[count, 1] = from_room(normal, mirror, way, metal)
    return normal, looks
