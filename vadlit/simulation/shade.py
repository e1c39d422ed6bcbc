"""The light of a pixel, each lamp's share by itself. Compiled."""

from vadlit.simulation.compiled import compiled
from vadlit.simulation.kernel import Scene, answer, at, lit, open_to_room, ray
from vadlit.simulation.light import reflected
from vadlit.simulation.rays import Triple
from vadlit.simulation.still import Still
from vadlit.simulation.tables import FILL, RADIUS, STRENGTH
from vadlit.simulation.tile import GRID, TILE, Notes

# Shadows of lamps that are wider than this, in metres, are found for four pixels at once.
_SOFT = 0.3


@compiled
def dim(scene: Scene, still: Still, tile: int, notes: Notes) -> None:
    """Note what moving things leave of the light on a tile of the still picture."""
    left, top = still.corners[tile, 0], still.corners[tile, 1]
    count = len(scene.lamps)
    near, found, grid = notes.near, notes.found, notes.grid
    for r in range(GRID):
        for c in range(GRID):
            way = ray(scene.lens, left + 2 * c + 0.5, top + 2 * r + 0.5)
            point = at(scene.lens, way, still.depth[tile, 2 * r + 1, 2 * c + 1])
            for k in range(count):
                grid[k, r, c] = lit(scene, k, point, near, k, found[k, 1], -1)
            back = (-way[0], -way[1], -way[2])
            grid[count, r, c] = open_to_room(scene, point, back, near, count, found[count, 1], -1)
    for k in range(count + 1):
        for row in range(TILE):
            up, down = row // 2, row // 2 + row % 2
            for column in range(TILE):
                aside, across = column // 2, column // 2 + column % 2
                above, below = grid[k, up, aside] + grid[k, up, across], grid[k, down, aside]
                left_over = 0.25 * (above + below + grid[k, down, across])
                notes.left[k, row * TILE + column] = left_over


@compiled
def of_mover(
    scene: Scene, notes: Notes, i: int, face: int, point: Triple, way: Triple, block: int, slot: int
) -> None:
    """Note in a slot the light of a point of a moving solid, seen along `way`."""
    count = len(scene.lamps)
    near, found, soft, answers = notes.near, notes.found, notes.soft, notes.answers
    normal, (color, gloss, _, metal) = answer(scene, i, face, point, way, answers)
    fresh = soft[block, count + 1] != i
    if fresh:
        soft[block, count] = open_to_room(scene, point, normal, near, count, found[count, 0], i)
        soft[block, count + 1] = i
    room = soft[block, count]
    for k in range(count):
        if scene.lamps[k, RADIUS] >= _SOFT:
            if fresh:
                soft[block, k] = lit(scene, k, point, near, k, found[k, 0], i)
            left = soft[block, k]
        elif answers[k, 0] + answers[k, 1] > 0.0:
            left = lit(scene, k, point, near, k, found[k, 0], i)
        else:
            left = 0.0
        for c in range(3):
            diffuse, shine = left * answers[k, 0], left * answers[k, 1]
            direct = reflected(color[c], gloss, metal, diffuse, shine)
            diffuse, shine = room * answers[count, 0], room * answers[count, 1]
            filled = reflected(color[c], gloss, metal, diffuse, shine)
            lamp, fill = scene.lamps[k, STRENGTH + c], scene.lamps[k, FILL + c]
            notes.light[slot, k, c] = lamp * direct + fill * filled
