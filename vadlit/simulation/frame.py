"""The pass over the moving scene, tile by tile. Compiled.

Light is kept lamp by lamp, so that a lamp may change without anything being drawn again. A tile is
drawn only when something has moved that can be seen in it or takes light from it.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vadlit.simulation.beams import concerned, in_sight, in_the_way
from vadlit.simulation.belt import lay_belt
from vadlit.simulation.compiled import compiled, compiled_in_parallel, prange
from vadlit.simulation.kernel import AROUND, Pixels, Scene, at, first_hit, ray
from vadlit.simulation.scene import Floats
from vadlit.simulation.shade import dim, of_mover
from vadlit.simulation.still import Still, stretch
from vadlit.simulation.tables import GROUP
from vadlit.simulation.tile import AREA, GRID, TILE, WIDE, Notes

# A prime, so that every tile has its turn.
_STRIDE = 7919


class Held(NamedTuple):
    """What t tiles show at the last moment drawn."""

    bare: Pixels  # (t, l, 3, AREA) light of each lamp at full power, less that from the belt
    belt: Pixels  # (t, l + 1, 2, AREA) answers of the belt, as far as it shows and is lit
    light: Pixels  # (t, l, 3, AREA) all the light of each lamp at full power
    seen: npt.NDArray[np.int16]  # (t, AREA) number of the moving solid, -1 for none
    boxes: Floats  # (t, 2, 3) least and greatest coordinates of what it shows


def held(still: Still) -> Held:
    """Room for a still picture with things that move."""
    return Held(
        bare=np.zeros_like(still.lamps),
        belt=np.zeros_like(still.belt),
        light=np.zeros_like(still.lamps),
        seen=np.full(still.face.shape, -1, np.int16),
        boxes=still.boxes.copy(),
    )


@compiled_in_parallel
def show(
    scene: Scene, movers: int, moved: Floats, belt: Floats, turned: bool, still: Still, held: Held
) -> None:
    """Make the tiles show a moment.

    Args:
        scene: Its first `movers` solids move; those after them only cast shadows.
        movers: How many.
        moved: Those that have moved since the last moment, where they were and where they are.
        belt: The belt's row in a table of solids.
        turned: Whether it has moved.
        still: What never moves.
        held: What the tiles show.
    """
    # By its own name: numba does not see that a tuple's array is written in a parallel loop.
    boxes = held.boxes
    tiles, count = len(boxes), len(scene.lamps)
    for turn in prange(tiles):
        # Each core has a stretch of turns, and should have its share of every part of the picture.
        tile = turn * _STRIDE % tiles
        stale = concerned(scene, moved, still, boxes, tile)
        if stale:
            notes = Notes(
                near=np.empty((count + 2, len(scene.solids)), np.int64),
                found=np.empty((count + 1, 2), np.int64),
                seen=np.full((3, WIDE, WIDE), -1, np.int64),
                depth=np.empty((WIDE, WIDE)),
                grid=np.empty((count + 1, GRID, GRID)),
                left=np.ones((count + 1, AREA), np.float32),
                soft=np.full((AREA // 4, count + 2), -2.0),
                answers=np.empty((count + 1, 2)),
                light=np.empty((2, count, 3)),
            )
            boxes[tile] = still.boxes[tile]
            draw(scene, movers, still, held, tile, notes)
        if stale or (turned and still.belted[tile]):
            looks = np.zeros((5, AREA), np.float32)
            lay_belt(scene, belt, still, held.bare, held.belt, held.light, tile, looks)


@compiled
def draw(scene: Scene, movers: int, still: Still, held: Held, tile: int, notes: Notes) -> None:
    """Draw a tile, but for the belt."""
    n = in_sight(scene, movers, still, tile, notes)
    if n > 0:
        meet(scene, still, held.boxes, tile, n, notes)
    if in_the_way(scene, movers, held.boxes, tile, notes):
        dim(scene, still, tile, notes)
    lay_still(still, held, tile, notes)
    for row in range(TILE):
        for column in range(TILE):
            held.seen[tile, row * TILE + column] = notes.seen[0, row + 1, column + 1]
            if n > 0 and (notes.seen[0, row + 1, column + 1] >= 0 or on_edge(notes, row, column)):
                pixel(scene, still, held, tile, row, column, n, notes)


@compiled
def meet(scene: Scene, still: Still, boxes: Floats, tile: int, n: int, notes: Notes) -> None:
    """Find what the pixels of a tile and its border show, and stretch its box to hold that."""
    left, top = still.corners[tile, 0], still.corners[tile, 1]
    for row in range(WIDE):
        for column in range(WIDE):
            way = ray(scene.lens, left + column - 0.5, top + row - 0.5)
            limit = still.depth[tile, row, column]
            t, i, face = first_hit(scene, way, limit, notes.near, -1, n)
            if i >= 0:
                notes.seen[0, row, column], notes.seen[1, row, column] = i, face
                notes.seen[2, row, column] = 64 * i + int(scene.faces[face, GROUP])
                notes.depth[row, column] = t
                stretch(boxes, tile, at(scene.lens, way, t))


@compiled
def lay_still(still: Still, held: Held, tile: int, notes: Notes) -> None:
    """Fill a tile with the still picture, less what moving things hide from it."""
    count = held.bare.shape[1]
    for k in range(count):
        for c in range(3):
            for p in range(AREA):
                direct = notes.left[k, p] * still.lamps[tile, k, c, p]
                room = notes.left[count, p] * still.fills[tile, k, c, p]
                held.bare[tile, k, c, p] = direct + room
    if still.belted[tile]:
        for k in range(count + 1):
            for part in range(2):
                for p in range(AREA):
                    answer = still.belt[tile, k, part, p]
                    held.belt[tile, k, part, p] = notes.left[k, p] * answer


@compiled
def pixel(
    scene: Scene, still: Still, held: Held, tile: int, row: int, column: int, n: int, notes: Notes
) -> None:
    """Draw what moves in a pixel over the still picture, by four rays where it lies on an edge."""
    x, y = still.corners[tile, 0] + column, still.corners[tile, 1] + row
    p, block = row * TILE + column, row // 2 * (TILE // 2) + column // 2
    missed = 0
    if on_edge(notes, row, column):
        notes.light[0] = 0.0
        last, last_face = -1, -1
        for s in range(4):
            way = ray(scene.lens, x + AROUND[s][0], y + AROUND[s][1])
            t, i, face = first_hit(scene, way, still.around[tile, s, p], notes.near, -1, n)
            if i < 0:
                missed += 1
                continue
            # Rays that meet the same thing again see the same light.
            if i != last or face != last_face:
                last, last_face = i, face
                of_mover(scene, notes, i, face, at(scene.lens, way, t), way, block, 1)
            for k in range(len(scene.lamps)):
                for c in range(3):
                    notes.light[0, k, c] += 0.25 * notes.light[1, k, c]
    else:
        way = ray(scene.lens, x + 0.5, y + 0.5)
        point = at(scene.lens, way, notes.depth[row + 1, column + 1])
        i, face = notes.seen[0, row + 1, column + 1], notes.seen[1, row + 1, column + 1]
        of_mover(scene, notes, i, face, point, way, block, 0)
    for k in range(len(scene.lamps)):
        for c in range(3):
            under = 0.25 * missed * held.bare[tile, k, c, p]
            held.bare[tile, k, c, p] = under + notes.light[0, k, c]
    if still.face[tile, p] >= 0:
        for k in range(len(scene.lamps) + 1):
            held.belt[tile, k, 0, p] *= 0.25 * missed
            held.belt[tile, k, 1, p] *= 0.25 * missed


@compiled
def on_edge(notes: Notes, row: int, column: int) -> bool:
    """Whether one of the four pixels around shows something else."""
    row, column = row + 1, column + 1
    own = notes.seen[2, row, column]
    return bool(
        notes.seen[2, row - 1, column] != own
        or notes.seen[2, row + 1, column] != own
        or notes.seen[2, row, column - 1] != own
        or notes.seen[2, row, column + 1] != own
    )
