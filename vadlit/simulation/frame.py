"""The pass over the moving scene. Compiled; see `kernel`."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from vadlit.simulation.compiled import compiled, compiled_in_parallel, prange
from vadlit.simulation.kernel import (
    _WIDE,
    AROUND,
    TILE,
    Pixels,
    answer,
    at,
    first_hit,
    gather,
    lit,
    open_to_room,
    ray,
)
from vadlit.simulation.light import DARK
from vadlit.simulation.rays import Triple
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import CASTS, GROUP, RADIUS, Ints, Texels

# A prime, so that every tile has its turn.
_STRIDE = 7919
# Shadows of lamps that are wider than this, in metres, are found for four pixels at once.
_SOFT = 0.3


@compiled
def reaching(
    k: int, i: int, point: Triple, solids: Floats, lamps: Floats, near: Ints, found: Ints,
    soft: Floats, block: int,
) -> float:  # fmt: skip
    """Share of lamp k that reaches a point of solid i past the listed ones; i is -1 if fixed.

    What changes slowly is found once for up to four pixels: `soft` holds for each block the solid
    it was found for, then the share left of each lamp and of the room.
    """
    of = 0 if i < 0 else 1  # fixed things have the shadows of fixed things already
    if found[k, of] == 0:
        return 1.0
    if lamps[k, RADIUS] < _SOFT:
        return lit(solids, lamps, k, point, near, k, found[k, of], i)
    if soft[block, len(lamps) + 1] != i:
        soft[block, k] = lit(solids, lamps, k, point, near, k, found[k, of], i)
    return soft[block, k]


@compiled
def room_reaching(
    i: int, point: Triple, normal: Triple, solids: Floats, count: int, near: Ints, found: Ints,
    soft: Floats, block: int,
) -> float:  # fmt: skip
    """Share of the room's light that does; to be asked after the lamps'."""
    of = 0 if i < 0 else 1
    if soft[block, count + 1] != i:
        soft[block, count] = open_to_room(solids, point, normal, near, count, found[count, of], i)
        soft[block, count + 1] = i
    return soft[block, count]


@compiled
def of_fixed(
    y: int, x: int, point: Triple, way: Triple, solids: Floats, lamps: Floats, power: Floats,
    fill: Floats, room: Pixels, shares_of: Pixels, near: Ints, found: Ints, soft: Floats,
    block: int,
) -> Triple:  # fmt: skip
    """Light from a pixel of the fixed picture, less what moving things hide from it."""
    count = len(power)
    r = g = b = 0.0
    for k in range(count):
        if power[k] > 0.0:
            left = power[k] * reaching(k, -1, point, solids, lamps, near, found, soft, block)
            r += left * shares_of[k, y, x, 0]
            g += left * shares_of[k, y, x, 1]
            b += left * shares_of[k, y, x, 2]
    normal = (-way[0], -way[1], -way[2])
    left = room_reaching(-1, point, normal, solids, count, near, found, soft, block)
    return (
        r + left * fill[0] * room[y, x, 0],
        g + left * fill[1] * room[y, x, 1],
        b + left * fill[2] * room[y, x, 2],
    )


@compiled
def of_mover(
    i: int, part: int, point: Triple, way: Triple, solids: Floats, faces: Floats,
    materials: Floats, texels: Texels, lamps: Floats, power: Floats, fill: Floats, near: Ints,
    found: Ints, shares: Floats, soft: Floats, block: int,
) -> Triple:  # fmt: skip
    """Light from a point of a moving solid."""
    count = len(power)
    normal = answer(solids, faces, materials, texels, lamps, i, part, point, way, shares)
    r = g = b = 0.0
    for k in range(count):
        wanted = shares[k, 0] + shares[k, 1] + shares[k, 2] > 0.0 or lamps[k, RADIUS] >= _SOFT
        if power[k] > 0.0 and wanted:
            left = power[k] * reaching(k, i, point, solids, lamps, near, found, soft, block)
            r += left * shares[k, 0]
            g += left * shares[k, 1]
            b += left * shares[k, 2]
    left = room_reaching(i, point, normal, solids, count, near, found, soft, block)
    return (
        r + left * fill[0] * shares[count, 0],
        g + left * fill[1] * shares[count, 1],
        b + left * fill[2] * shares[count, 2],
    )


@compiled_in_parallel
def moving(
    view: Floats, solids: Floats, movers: int, faces: Floats, materials: Floats, texels: Texels,
    lamps: Floats, power: Floats, fill: Floats, depths: Pixels, room: Pixels, shares_of: Pixels,
    boxes: Floats, weight: float, picture: Pixels, ids: npt.NDArray[np.int16],
) -> None:  # fmt: skip
    """Add `weight` of a frame to `picture` (H, W, 3); number what is seen in `ids`, -1 if fixed.

    The first `movers` solids move; those after them only cast shadows.
    """
    height, width = room.shape[:2]
    across = (width + TILE - 1) // TILE
    tiles = across * ((height + TILE - 1) // TILE)
    count = len(power)
    eye = (view[0, 0], view[0, 1], view[0, 2])
    for turn in prange(tiles):
        # Each core has a stretch of turns, and should have its share of every part of the picture.
        tile = turn * _STRIDE % tiles
        left, top = tile % across * TILE, tile // across * TILE
        right, bottom = min(left + TILE, width), min(top + TILE, height)
        # Rows: the solids near each lamp's beams, those nearby, those in sight.
        near = np.empty((count + 2, len(solids)), np.int64)
        found = np.zeros((count + 2, 2), np.int64)
        seen = np.full((_WIDE, _WIDE), -1, np.int64)
        parts = np.full((_WIDE, _WIDE), -1, np.int64)
        # What is seen, numbered so that edges show; 0 beyond the picture.
        keys = np.zeros((_WIDE, _WIDE), np.int64)
        depth = np.zeros((_WIDE, _WIDE))
        ways = np.zeros((_WIDE, _WIDE, 3))
        box = np.empty((2, 3))
        soft = np.full((TILE * TILE // 4, count + 2), -2.0)
        shares = np.zeros((count + 1, 3))

        sight = count + 1
        n = in_sight(view, left, top, solids, movers, near, sight)
        if n == 0:
            for c in range(3):
                box[0, c], box[1, c] = boxes[tile, 0, c], boxes[tile, 1, c]
            in_the_way(box, solids, movers, lamps, near, found)
            if not found[:, 0].any():
                keep(top, bottom, left, right, power, fill, room, shares_of, weight, picture, ids)
                continue
            found[:] = 0
        box[0], box[1] = 1e9, -1e9
        for y in range(max(top - 1, 0), min(bottom + 1, height)):
            for x in range(max(left - 1, 0), min(right + 1, width)):
                row, column = y - top + 1, x - left + 1
                way = ray(view, x + 0.5, y + 0.5)
                t, i, part = first_hit(solids, faces, eye, way, depths[0, y, x], near, sight, n)
                seen[row, column], parts[row, column], depth[row, column] = i, part, t
                keys[row, column] = 1 if i < 0 else 2 + 64 * i + int(faces[part, GROUP])
                ways[row, column, 0], ways[row, column, 1], ways[row, column, 2] = way
                point = at(view, way, t)
                for c in range(3):
                    box[0, c], box[1, c] = min(box[0, c], point[c]), max(box[1, c], point[c])
        in_the_way(box, solids, movers, lamps, near, found)

        for y in range(top, bottom):
            for x in range(left, right):
                row, column = y - top + 1, x - left + 1
                ids[y, x] = seen[row, column]
                block = (row - 1) // 2 * (TILE // 2) + (column - 1) // 2
                t, i, part = depth[row, column], seen[row, column], parts[row, column]
                way = (ways[row, column, 0], ways[row, column, 1], ways[row, column, 2])
                edge = on_edge(keys, row, column)
                light = (0.0, 0.0, 0.0)
                last, last_part = -2, -2
                for s in range(4 if edge else 1):
                    if edge:
                        way = ray(view, x + AROUND[s][0], y + AROUND[s][1])
                        t, i, part = first_hit(
                            solids, faces, eye, way, depths[1 + s, y, x], near, sight, n
                        )
                    # Rays that meet the same thing again see the same light.
                    if i != last or part != last_part:
                        last, last_part = i, part
                        point = at(view, way, t)
                        if i < 0:
                            light = of_fixed(
                                y, x, point, way, solids, lamps, power, fill, room, shares_of,
                                near, found, soft, block,
                            )  # fmt: skip
                        else:
                            light = of_mover(
                                i, part, point, way, solids, faces, materials, texels, lamps,
                                power, fill, near, found, shares, soft, block,
                            )  # fmt: skip
                    share = weight / 4 if edge else weight
                    picture[y, x, 0] += share * light[0]
                    picture[y, x, 1] += share * light[1]
                    picture[y, x, 2] += share * light[2]


@compiled
def keep(
    top: int, bottom: int, left: int, right: int, power: Floats, fill: Floats, room: Pixels,
    shares_of: Pixels, weight: float, picture: Pixels, ids: npt.NDArray[np.int16],
) -> None:  # fmt: skip
    """Add `weight` of a tile of the fixed picture, which nothing covers or dims."""
    for y in range(top, bottom):
        for x in range(left, right):
            ids[y, x] = -1
            for c in range(3):
                color = fill[c] * room[y, x, c]
                for k in range(len(power)):
                    color += power[k] * shares_of[k, y, x, c]
                picture[y, x, c] += weight * color


@compiled
def in_sight(
    view: Floats, left: int, top: int, solids: Floats, movers: int, near: Ints, row: int
) -> int:
    """List what the rays of a tile can meet."""
    aim = ray(view, left + TILE / 2, top + TILE / 2)
    first = ray(view, left - 1.0, top - 1.0)
    last = ray(view, left + TILE + 1.0, top + TILE + 1.0)
    slope = 1.1 * max(_apart(aim, first), _apart(aim, last))
    eye = (view[0, 0], view[0, 1], view[0, 2])
    return gather(solids, movers, eye, 0.0, at(view, aim, 100.0), slope, near, row)


@compiled
def in_the_way(
    box: Floats, solids: Floats, movers: int, lamps: Floats, near: Ints, found: Ints
) -> None:
    """List what can stand between points in a box and each lamp, then what is close to them.

    `found` counts those that move, which come first, and all.
    """
    middle = (
        (box[0, 0] + box[1, 0]) / 2,
        (box[0, 1] + box[1, 1]) / 2,
        (box[0, 2] + box[1, 2]) / 2,
    )
    radius = _apart(middle, (box[0, 0], box[0, 1], box[0, 2]))
    for k in range(len(lamps) + 1):
        goal, slope, wide = middle, 0.0, radius + 1.5 * DARK
        if k < len(lamps):
            goal, wide = (lamps[k, 0], lamps[k, 1], lamps[k, 2]), radius
            slope = lamps[k, RADIUS] / _apart(goal, middle)
        listed = gather(solids, len(solids), middle, wide, goal, slope, near, k)
        for j in range(listed):
            i = near[k, j]
            if solids[i, CASTS] > 0.0:
                near[k, found[k, 1]] = i
                found[k, 1] += 1
                if i < movers:
                    found[k, 0] += 1


@compiled
def _apart(a: Triple, b: Triple) -> float:
    return sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)


@compiled
def on_edge(keys: Ints, row: int, column: int) -> bool:
    """Whether one of the four pixels around shows something else."""
    own = keys[row, column]
    return (
        (keys[row, column + 1] != own and keys[row, column + 1] > 0)
        or (keys[row + 1, column] != own and keys[row + 1, column] > 0)
        or (keys[row, column - 1] != own and keys[row, column - 1] > 0)
        or (keys[row - 1, column] != own and keys[row - 1, column] > 0)
    )
