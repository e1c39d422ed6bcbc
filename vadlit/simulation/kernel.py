"""The picture, tile by tile. Compiled.

Two passes share all of `rays` and `light`: `fixed` draws once what never moves, each lamp's share
by itself; `moving` draws every frame, keeping of the fixed picture what nothing covers and dimming
it lamp by lamp where something casts a shadow. A tile first lists what can matter to it.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vadlit.simulation.compiled import compiled, compiled_in_parallel, prange
from vadlit.simulation.light import from_lamp, from_room, look, mirrored, nearness, shadow
from vadlit.simulation.rays import FAR, Triple, hit, surface
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import BOUND, CASTS, POSITION, RADIUS, STRENGTH, Ints, Texels

TILE = 16
# A tile with its border, for edges to be seen from both sides.
_WIDE = TILE + 2
# Where the four rays of a pixel on an edge go.
AROUND = ((0.375, 0.125), (0.875, 0.375), (0.125, 0.625), (0.625, 0.875))

Pixels = npt.NDArray[np.float32]


class Fixed(NamedTuple):
    """The picture of what never moves."""

    depth: Pixels  # (5, H, W) at the pixel's middle and at the four places of `AROUND`
    room: Pixels  # (H, W, 3) under light of one from everywhere
    lamps: Pixels  # (l, H, W, 3) of each lamp at full power, shadows included
    boxes: Floats  # (tiles, 2, 3) least and greatest coordinates of what each tile shows


@compiled
def ray(view: Floats, x: float, y: float) -> Triple:
    """Direction of length one through a place of the picture; rows of view: eye, corner, x, y."""
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
def to_lamp(lamps: Floats, k: int, point: Triple) -> tuple[Triple, float]:
    """Direction of a lamp and distance to it."""
    a = lamps[k, 0] - point[0]
    b = lamps[k, 1] - point[1]
    c = lamps[k, 2] - point[2]
    reach = sqrt(a * a + b * b + c * c)
    return (a / reach, b / reach, c / reach), reach


@compiled
def lit(
    solids: Floats, lamps: Floats, k: int, point: Triple, near: Ints, row: int, n: int, own: int
) -> float:
    """Share of a lamp that reaches a point past the first n listed solids."""
    way, reach = to_lamp(lamps, k, point)
    left = 1.0
    for j in range(n):
        if near[row, j] != own:
            left *= 1.0 - shadow(solids, near[row, j], point, way, reach, lamps[k, RADIUS] / reach)
            if left < 0.003:
                return 0.0
    return left


@compiled
def open_to_room(
    solids: Floats, point: Triple, normal: Triple, near: Ints, row: int, n: int, own: int
) -> float:
    """Share of the room's light that reaches a point past the first n listed solids."""
    left = 1.0
    for j in range(n):
        if near[row, j] != own:
            left *= 1.0 - nearness(solids, near[row, j], point, normal)
    return left


@compiled
def answer(
    solids: Floats,
    faces: Floats,
    materials: Floats,
    texels: Texels,
    lamps: Floats,
    i: int,
    face: int,
    point: Triple,
    way: Triple,
    shares: Floats,
) -> Triple:
    """The normal; fills `shares` (l + 1, 3) with each lamp's light unhindered, then the room's."""
    normal, u, v = surface(solids, faces, i, face, point, way)
    color, gloss, rough, metal = look(faces, materials, texels, face, u, v)
    mirror = mirrored(normal, way)
    count = len(lamps)
    for k in range(count):
        there, reach = to_lamp(lamps, k, point)
        scattered, shine = from_lamp(
            normal, mirror, there, lamps[k, RADIUS] / reach, gloss, rough, metal
        )
        for c in range(3):
            tint = 1.0 + metal * (color[c] - 1.0)
            light = lamps[k, STRENGTH + c] / (reach * reach)
            shares[k, c] = light * (color[c] * scattered + tint * shine)
    scattered, shine = from_room(normal, mirror, way, gloss, metal)
    for c in range(3):
        shares[count, c] = color[c] * scattered + (1.0 + metal * (color[c] - 1.0)) * shine
    return normal


@compiled
def first_hit(
    solids: Floats,
    faces: Floats,
    eye: Triple,
    way: Triple,
    limit: float,
    near: Ints,
    row: int,
    n: int,
) -> tuple[float, int, int]:
    """Distance, solid and face that a ray meets first among the listed; solid -1 for none."""
    best, solid, face = limit, -1, -1
    for j in range(n):
        t, f = hit(solids, faces, near[row, j], eye, way, best)
        if f >= 0:
            best, solid, face = t, near[row, j], f
    return best, solid, face


@compiled_in_parallel
def fixed(
    view: Floats,
    solids: Floats,
    faces: Floats,
    materials: Floats,
    texels: Texels,
    lamps: Floats,
    depth: Pixels,
    room: Pixels,
    shares_of: Pixels,
    boxes: Floats,
) -> None:
    """Draw what never moves, with four rays a pixel."""
    height, width = depth.shape[1:]
    everything = np.arange(len(solids)).reshape(1, -1)
    casting = np.flatnonzero(solids[:, CASTS]).reshape(1, -1)
    count = len(lamps)
    eye = (view[0, 0], view[0, 1], view[0, 2])
    for y in prange(height):
        shares = np.zeros((count + 1, 3))
        for x in range(width):
            way = ray(view, x + 0.5, y + 0.5)
            depth[0, y, x] = first_hit(
                solids, faces, eye, way, FAR, everything, 0, everything.size
            )[0]
            for s in range(4):
                way = ray(view, x + AROUND[s][0], y + AROUND[s][1])
                t, i, face = first_hit(solids, faces, eye, way, FAR, everything, 0, everything.size)
                depth[1 + s, y, x] = t
                if i < 0:
                    continue
                point = at(view, way, t)
                normal = answer(
                    solids, faces, materials, texels, lamps, i, face, point, way, shares
                )
                for k in range(count):
                    share = 0.25 * lit(solids, lamps, k, point, casting, 0, casting.size, i)
                    for c in range(3):
                        shares_of[k, y, x, c] += share * shares[k, c]
                share = 0.25 * open_to_room(solids, point, normal, casting, 0, casting.size, i)
                for c in range(3):
                    room[y, x, c] += share * shares[count, c]
    across = (width + TILE - 1) // TILE
    for tile in prange(len(boxes)):
        left, top = tile % across * TILE, tile // across * TILE
        for y in range(top, min(top + TILE, height)):
            for x in range(left, min(left + TILE, width)):
                point = at(view, ray(view, x + 0.5, y + 0.5), depth[0, y, x])
                for c in range(3):
                    boxes[tile, 0, c] = min(boxes[tile, 0, c], point[c])
                    boxes[tile, 1, c] = max(boxes[tile, 1, c], point[c])


@compiled
def gather(
    solids: Floats,
    n: int,
    middle: Triple,
    radius: float,
    target: Triple,
    slope: float,
    near: Ints,
    row: int,
) -> int:
    """List of the first n solids those that a beam from a ball to a target can touch; its length.

    The beam is `radius` wide at the ball and widens by `slope`.
    """
    a, b, c = target[0] - middle[0], target[1] - middle[1], target[2] - middle[2]
    reach = sqrt(a * a + b * b + c * c) + 1e-9
    a, b, c = a / reach, b / reach, c / reach
    found = 0
    for i in range(n):
        x = solids[i, POSITION + 0] - middle[0]
        y = solids[i, POSITION + 1] - middle[1]
        z = solids[i, POSITION + 2] - middle[2]
        along = min(max(x * a + y * b + z * c, 0.0), reach)
        apart = (x - along * a) ** 2 + (y - along * b) ** 2 + (z - along * c) ** 2
        wide = solids[i, BOUND] + radius + slope * along
        if apart < wide * wide:
            near[row, found] = i
            found += 1
    return found
