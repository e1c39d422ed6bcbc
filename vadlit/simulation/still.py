"""The picture of what never moves, each lamp's share by itself. Compiled; drawn once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vadlit.simulation.compiled import compiled, compiled_in_parallel, prange
from vadlit.simulation.kernel import (
    AROUND,
    Pixels,
    Scene,
    answer,
    at,
    first_hit,
    lit,
    open_to_room,
    ray,
)
from vadlit.simulation.light import Look, reflected
from vadlit.simulation.rays import FAR, Triple
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import CASTS, FILL, STRENGTH, Ints
from vadlit.simulation.tile import AREA, TILE, WIDE


class Still(NamedTuple):
    """What each of t tiles shows where nothing moves, with l lamps."""

    corners: Ints  # (t, 2) least x and y
    depth: Pixels  # (t, WIDE, WIDE) distance at its pixels' middles
    around: Pixels  # (t, 4, AREA) and at the four places of `AROUND`
    boxes: Floats  # (t, 2, 3) least and greatest coordinates of what it shows
    lamps: Pixels  # (t, l, 3, AREA) light of each lamp at full power, shadows included
    fills: Pixels  # (t, l, 3, AREA) the same lamp's light that comes by way of the room
    # The belt gives no light to the above, as its texture moves:
    face: npt.NDArray[np.int16]  # (t, AREA) the belt's, -1 where it is not seen
    point: Pixels  # (t, AREA, 3) its place there
    belt: Pixels  # (t, l + 1, 2, AREA) its answers, shadows included
    belted: npt.NDArray[np.bool_]  # (t,) whether a tile shows any of it


def still_picture(scene: Scene, belt: int, size: tuple[int, int]) -> Still:
    """Draw a scene, whose solid `belt` is the belt, at a height and width in tiles."""
    down, across = size
    lamps, tiles = len(scene.lamps), down * across
    still = Still(
        corners=TILE * np.stack([np.arange(tiles) % across, np.arange(tiles) // across], axis=1),
        depth=np.empty((tiles, WIDE, WIDE), np.float32),
        around=np.empty((tiles, 4, AREA), np.float32),
        boxes=np.tile([[[1e9] * 3, [-1e9] * 3]], (tiles, 1, 1)),
        lamps=np.zeros((tiles, lamps, 3, AREA), np.float32),
        fills=np.zeros((tiles, lamps, 3, AREA), np.float32),
        face=np.full((tiles, AREA), -1, np.int16),
        point=np.zeros((tiles, AREA, 3), np.float32),
        belt=np.zeros((tiles, lamps + 1, 2, AREA), np.float32),
        belted=np.zeros(tiles, np.bool_),
    )
    _draw(scene, belt, still)
    return still


@compiled_in_parallel
def _draw(scene: Scene, belt: int, still: Still) -> None:
    """Fill the picture, with four rays a pixel."""
    everything = np.arange(len(scene.solids)).reshape(1, -1)
    casting = np.flatnonzero(scene.solids[:, CASTS]).reshape(1, -1)
    # By its own name: numba does not see that a tuple's array is written in a parallel loop.
    belted = still.belted
    for tile in prange(len(belted)):
        answers = np.zeros((len(scene.lamps) + 1, 2))
        measure(scene, still, tile, everything)
        for row in range(TILE):
            for column in range(TILE):
                fill_pixel(scene, belt, still, tile, row, column, everything, casting, answers)
        belted[tile] = (still.face[tile] >= 0).any()


@compiled
def measure(scene: Scene, still: Still, tile: int, everything: Ints) -> None:
    """Find the distance of what a tile shows, and its box."""
    left, top = still.corners[tile, 0], still.corners[tile, 1]
    for row in range(WIDE):
        for column in range(WIDE):
            way = ray(scene.lens, left + column - 0.5, top + row - 0.5)
            t = first_hit(scene, way, FAR, everything, 0, everything.size)[0]
            still.depth[tile, row, column] = t
            if 0 < row <= TILE and 0 < column <= TILE:
                stretch(still.boxes, tile, at(scene.lens, way, t))


@compiled
def stretch(boxes: Floats, tile: int, point: Triple) -> None:
    """Make a tile's box hold a point."""
    for c in range(3):
        boxes[tile, 0, c] = min(boxes[tile, 0, c], point[c])
        boxes[tile, 1, c] = max(boxes[tile, 1, c], point[c])


@compiled
def fill_pixel(
    scene: Scene, belt: int, still: Still, tile: int, row: int, column: int, everything: Ints,
    casting: Ints, answers: Floats,
) -> None:  # fmt: skip
    """Add the light of four rays to a pixel."""
    left, top = still.corners[tile, 0], still.corners[tile, 1]
    p = row * TILE + column
    hits = 0
    for s in range(4):
        way = ray(scene.lens, left + column + AROUND[s][0], top + row + AROUND[s][1])
        t, i, face = first_hit(scene, way, FAR, everything, 0, everything.size)
        still.around[tile, s, p] = t
        if i < 0:
            continue
        point = at(scene.lens, way, t)
        looks = shaded_answer(scene, i, face, point, way, casting, answers)
        if i == belt:
            hits += 1
            add_belt(still, tile, p, face, point, hits, answers)
        else:
            add_solid(scene, still, tile, p, looks, answers)


@compiled
def shaded_answer(
    scene: Scene, i: int, face: int, point: Triple, way: Triple, casting: Ints, answers: Floats
) -> Look:
    """Look of a point; fills `answers` with a quarter of what shadows leave of them."""
    normal, looks = answer(scene, i, face, point, way, answers)
    count = len(scene.lamps)
    for k in range(count + 1):
        if k < count:
            left = lit(scene, k, point, casting, 0, casting.size, i)
        else:
            left = open_to_room(scene, point, normal, casting, 0, casting.size, i)
        answers[k, 0], answers[k, 1] = 0.25 * left * answers[k, 0], 0.25 * left * answers[k, 1]
    return looks


@compiled
def add_solid(scene: Scene, still: Still, tile: int, p: int, looks: Look, answers: Floats) -> None:
    """Add a ray's light to a pixel."""
    count = len(scene.lamps)
    color, gloss, _, metal = looks
    for k in range(count):
        for c in range(3):
            light = reflected(color[c], gloss, metal, answers[k, 0], answers[k, 1])
            still.lamps[tile, k, c, p] += scene.lamps[k, STRENGTH + c] * light
            light = reflected(color[c], gloss, metal, answers[count, 0], answers[count, 1])
            still.fills[tile, k, c, p] += scene.lamps[k, FILL + c] * light


@compiled
def add_belt(
    still: Still, tile: int, p: int, face: int, point: Triple, hits: int, answers: Floats
) -> None:
    """Add a ray to a pixel of the belt, the `hits`th that meets it there."""
    still.face[tile, p] = face
    for c in range(3):
        still.point[tile, p, c] += (point[c] - still.point[tile, p, c]) / hits
    for k in range(len(answers)):
        still.belt[tile, k, 0, p] += answers[k, 0]
        still.belt[tile, k, 1, p] += answers[k, 1]
