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
def shade(
    top: int, left: int, view: Floats, depths: Pixels, solids: Floats, lamps: Floats, power: Floats,
    near: Ints, found: Ints, grid: Floats,
) -> None:  # fmt: skip
    """Fill `grid` with what moving things leave of each lamp's and the room's light.

    It holds every other pixel of the fixed picture in a tile; those between are interpolated.
    """
    height, width = depths.shape[1:]
    count = len(lamps)
    for r in range(grid.shape[0]):
        for c in range(grid.shape[1]):
            y, x = min(top + 2 * r, height - 1), min(left + 2 * c, width - 1)
            way = ray(view, x + 0.5, y + 0.5)
            point = at(view, way, depths[0, y, x])
            for k in range(count):
                if power[k] > 0.0 and found[k, 0] > 0:
                    grid[r, c, k] = lit(solids, lamps, k, point, near, k, found[k, 0], -1)
            back = (-way[0], -way[1], -way[2])
            grid[r, c, count] = open_to_room(solids, point, back, near, count, found[count, 0], -1)


@compiled
def of_fixed(
    y: int, x: int, top: int, left: int, power: Floats, fill: Floats, room: Pixels,
    shares_of: Pixels, grid: Floats,
) -> Triple:  # fmt: skip
    """Light from a pixel of the fixed picture, less what moving things hide from it."""
    up, aside = (y - top) // 2, (x - left) // 2
    down, across = up + (y - top) % 2, aside + (x - left) % 2
    r = g = b = 0.0
    for k in range(len(power)):
        share = 0.25 * (
            grid[up, aside, k] + grid[up, across, k] + grid[down, aside, k] + grid[down, across, k]
        )
        share *= power[k]
        r += share * shares_of[k, y, x, 0]
        g += share * shares_of[k, y, x, 1]
        b += share * shares_of[k, y, x, 2]
    k = len(power)
    share = 0.25 * (
        grid[up, aside, k] + grid[up, across, k] + grid[down, aside, k] + grid[down, across, k]
    )
    return (
        r + share * fill[0] * room[y, x, 0],
        g + share * fill[1] * room[y, x, 1],
        b + share * fill[2] * room[y, x, 2],
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
    # What changes slowly is found once for up to four pixels of a solid: `soft` holds for each
    # block the share left of each lamp and of the room, then the solid that it is for.
    fresh = soft[block, count + 1] != i
    r = g = b = 0.0
    for k in range(count):
        if power[k] == 0.0:
            continue
        if lamps[k, RADIUS] < _SOFT:
            if shares[k, 0] + shares[k, 1] + shares[k, 2] == 0.0:
                continue
            left = lit(solids, lamps, k, point, near, k, found[k, 1], i)
        else:
            if fresh:
                soft[block, k] = lit(solids, lamps, k, point, near, k, found[k, 1], i)
            left = soft[block, k]
        left *= power[k]
        r += left * shares[k, 0]
        g += left * shares[k, 1]
        b += left * shares[k, 2]
    if fresh:
        soft[block, count] = open_to_room(solids, point, normal, near, count, found[count, 1], i)
        soft[block, count + 1] = i
    left = soft[block, count]
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
    height, width = ids.shape
    across = (width + TILE - 1) // TILE
    tiles = across * ((height + TILE - 1) // TILE)
    count = len(power)
    for turn in prange(tiles):
        # Each core has a stretch of turns, and should have its share of every part of the picture.
        tile = turn * _STRIDE % tiles
        left, top = tile % across * TILE, tile // across * TILE
        # Rows: the solids near each lamp's beams, those nearby, those in sight.
        near = np.empty((count + 2, len(solids)), np.int64)
        found = np.zeros((count + 2, 2), np.int64)
        # Solid, face, and a number by which edges show; 0 beyond the picture.
        seen = np.full((3, _WIDE, _WIDE), -1, np.int64)
        depth = np.zeros((_WIDE, _WIDE))
        grid = np.ones((TILE // 2 + 1, TILE // 2 + 1, count + 1))
        soft = np.full((TILE * TILE // 4, count + 2), -2.0)
        shares = np.zeros((count + 1, 3))
        box = boxes[tile].copy()

        n = in_sight(view, left, top, solids, movers, near, count + 1)
        if n > 0:
            meet(left, top, view, solids, faces, depths, near, n, seen, depth, box)
        in_the_way(box, solids, movers, lamps, near, found)
        if found[:, 0].any():
            shade(top, left, view, depths, solids, lamps, power, near, found, grid)
        for y in range(top, min(top + TILE, height)):
            for x in range(left, min(left + TILE, width)):
                ids[y, x] = seen[0, y - top + 1, x - left + 1]
                light = pixel(
                    y, x, top, left, view, solids, faces, materials, texels, lamps, power, fill,
                    depths, room, shares_of, near, n, found, seen, depth, grid, soft, shares,
                )  # fmt: skip
                picture[y, x, 0] += weight * light[0]
                picture[y, x, 1] += weight * light[1]
                picture[y, x, 2] += weight * light[2]


@compiled
def meet(
    left: int, top: int, view: Floats, solids: Floats, faces: Floats, depths: Pixels, near: Ints,
    n: int, seen: Ints, depth: Floats, box: Floats,
) -> None:  # fmt: skip
    """Find what the pixels of a tile and its border show, and stretch its box to hold that."""
    height, width = depths.shape[1:]
    eye = (view[0, 0], view[0, 1], view[0, 2])
    sight = len(near) - 1
    for y in range(max(top - 1, 0), min(top + TILE + 1, height)):
        for x in range(max(left - 1, 0), min(left + TILE + 1, width)):
            row, column = y - top + 1, x - left + 1
            way = ray(view, x + 0.5, y + 0.5)
            t, i, face = first_hit(solids, faces, eye, way, depths[0, y, x], near, sight, n)
            seen[2, row, column] = 1
            if i >= 0:
                seen[0, row, column], seen[1, row, column] = i, face
                seen[2, row, column] = 2 + 64 * i + int(faces[face, GROUP])
                depth[row, column] = t
                point = at(view, way, t)
                for c in range(3):
                    box[0, c] = min(box[0, c], point[c])
                    box[1, c] = max(box[1, c], point[c])


@compiled
def pixel(
    y: int, x: int, top: int, left: int, view: Floats, solids: Floats, faces: Floats,
    materials: Floats, texels: Texels, lamps: Floats, power: Floats, fill: Floats, depths: Pixels,
    room: Pixels, shares_of: Pixels, near: Ints, n: int, found: Ints, seen: Ints, depth: Floats,
    grid: Floats, soft: Floats, shares: Floats,
) -> Triple:  # fmt: skip
    """Light of a pixel, of four rays where it lies on an edge."""
    row, column = y - top + 1, x - left + 1
    block = (row - 1) // 2 * (TILE // 2) + (column - 1) // 2
    i, face = seen[0, row, column], seen[1, row, column]
    if n == 0 or not on_edge(seen, row, column):
        if i < 0:
            return of_fixed(y, x, top, left, power, fill, room, shares_of, grid)
        way = ray(view, x + 0.5, y + 0.5)
        return of_mover(
            i, face, at(view, way, depth[row, column]), way, solids, faces, materials, texels,
            lamps, power, fill, near, found, shares, soft, block,
        )  # fmt: skip
    eye = (view[0, 0], view[0, 1], view[0, 2])
    r = g = b = 0.0
    light = (0.0, 0.0, 0.0)
    last, last_face = -2, -2
    for s in range(4):
        way = ray(view, x + AROUND[s][0], y + AROUND[s][1])
        t, i, face = first_hit(solids, faces, eye, way, depths[1 + s, y, x], near, len(near) - 1, n)
        # Rays that meet the same thing again see the same light.
        if i != last or face != last_face:
            last, last_face = i, face
            if i < 0:
                light = of_fixed(y, x, top, left, power, fill, room, shares_of, grid)
            else:
                light = of_mover(
                    i, face, at(view, way, t), way, solids, faces, materials, texels, lamps, power,
                    fill, near, found, shares, soft, block,
                )  # fmt: skip
        r, g, b = r + light[0], g + light[1], b + light[2]
    return (r / 4, g / 4, b / 4)


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
def on_edge(seen: Ints, row: int, column: int) -> bool:
    """Whether one of the four pixels around shows something else."""
    own = seen[2, row, column]
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        other = seen[2, row + dy, column + dx]
        if other != own and other > 0:
            return True
    return False
