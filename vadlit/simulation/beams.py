"""What can matter to a tile of the picture: what its rays meet, what is in its light. Compiled."""

from math import sqrt

from vadlit.simulation.compiled import compiled
from vadlit.simulation.kernel import Scene, at, ray
from vadlit.simulation.light import CRISP, DARK, radius_at
from vadlit.simulation.rays import Triple, to_local
from vadlit.simulation.scene import Floats
from vadlit.simulation.still import Still
from vadlit.simulation.tables import BOUND, CASTS, EXTENT, KIND, POSITION, RADIUS, TURNED, Ints
from vadlit.simulation.tile import TILE, Notes

# From a ball to a target: the ball's middle, direction, reach, the ball's radius, and how much the
# beam widens with the distance.
Beam = tuple[Triple, Triple, float, float, float]


@compiled
def beam(middle: Triple, radius: float, target: Triple, slope: float) -> Beam:
    """The beam from a ball to a target."""
    a, b, c = target[0] - middle[0], target[1] - middle[1], target[2] - middle[2]
    reach = sqrt(a * a + b * b + c * c) + 1e-9
    return middle, (a / reach, b / reach, c / reach), reach, radius, slope


@compiled
def touches(solids: Floats, i: int, of: Beam) -> bool:
    """Whether a solid can be in a beam: its sphere, then its plain cylinder, ring or box."""
    middle, way, reach, radius, slope = of
    x = middle[0] - solids[i, POSITION + 0]
    y = middle[1] - solids[i, POSITION + 1]
    z = middle[2] - solids[i, POSITION + 2]
    along = min(max(-x * way[0] - y * way[1] - z * way[2], 0.0), reach)
    apart = (x + along * way[0]) ** 2 + (y + along * way[1]) ** 2 + (z + along * way[2]) ** 2
    bound = solids[i, BOUND]
    if apart > (bound + radius + slope * along) ** 2:
        return False
    # The stretch of the beam that passes the sphere, as wide as it gets there.
    wide = radius + slope * min(along + bound, reach)
    o, d = to_local(solids, i, x, y, z), to_local(solids, i, way[0], way[1], way[2])
    turned = solids[i, KIND] == TURNED
    enter, leave = 0.0, reach
    for axis in range(3):
        half = solids[i, EXTENT + axis] + wide
        if turned:
            half = solids[i, EXTENT + axis // 2] + wide
        step = d[axis] if abs(d[axis]) > 1e-9 else 1e-9
        a, b = (-half - o[axis]) / step, (half - o[axis]) / step
        enter, leave = max(enter, min(a, b)), min(leave, max(a, b))
    if enter > leave or not turned:
        return bool(enter <= leave)
    closest = -(o[0] * d[0] + o[1] * d[1]) / max(d[0] * d[0] + d[1] * d[1], 1e-12)
    inner = radius_at(o, d, min(max(closest, enter), leave))
    outer = max(radius_at(o, d, enter), radius_at(o, d, leave))
    return bool(inner < solids[i, EXTENT] + wide and outer > solids[i, EXTENT + 2] - wide)


@compiled
def sight(view: Floats, corners: Ints, tile: int) -> Beam:
    """The rays of a tile and its border."""
    left, top = corners[tile, 0], corners[tile, 1]
    aim = ray(view, left + TILE / 2, top + TILE / 2)
    first = ray(view, left - 1.0, top - 1.0)
    last = ray(view, left + TILE + 1.0, top + TILE + 1.0)
    slope = 1.1 * max(_apart(aim, first), _apart(aim, last))
    return beam((view[0, 0], view[0, 1], view[0, 2]), 0.0, at(view, aim, 100.0), slope)


@compiled
def light(lamps: Floats, k: int, boxes: Floats, tile: int) -> Beam:
    """From what a tile shows to a lamp, or, after the last lamp, what is close to it."""
    low = (boxes[tile, 0, 0], boxes[tile, 0, 1], boxes[tile, 0, 2])
    high = (boxes[tile, 1, 0], boxes[tile, 1, 1], boxes[tile, 1, 2])
    middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2)
    radius = _apart(middle, low) + CRISP
    if k == len(lamps):
        return beam(middle, radius + 1.5 * DARK, middle, 0.0)
    lamp = (lamps[k, 0], lamps[k, 1], lamps[k, 2])
    return beam(middle, radius, lamp, 1.05 * lamps[k, RADIUS] / _apart(lamp, middle))


@compiled
def in_sight(scene: Scene, movers: int, still: Still, tile: int, notes: Notes) -> int:
    """List what moves and can be seen in a tile; how many."""
    of = sight(scene.lens, still.corners, tile)
    found = 0
    for i in range(movers):
        if touches(scene.solids, i, of):
            notes.near[-1, found] = i
            found += 1
    return found


@compiled
def in_the_way(scene: Scene, movers: int, boxes: Floats, tile: int, notes: Notes) -> bool:
    """List what can take light from a tile; whether any of that moves."""
    shaded = False
    for k in range(len(scene.lamps) + 1):
        of = light(scene.lamps, k, boxes, tile)
        moving = listed = 0
        for i in range(len(scene.solids)):
            if scene.solids[i, CASTS] > 0.0 and touches(scene.solids, i, of):
                notes.near[k, listed] = i
                listed += 1
                if i < movers:
                    moving += 1
        notes.found[k, 0], notes.found[k, 1] = listed, moving
        shaded = shaded or moving > 0
    return shaded


@compiled
def concerned(scene: Scene, solids: Floats, still: Still, boxes: Floats, tile: int) -> bool:
    """Whether any of some solids can be seen in a tile or take light from it."""
    of = sight(scene.lens, still.corners, tile)
    for i in range(len(solids)):
        if touches(solids, i, of):
            return True
    for k in range(len(scene.lamps) + 1):
        of = light(scene.lamps, k, boxes, tile)
        for i in range(len(solids)):
            if solids[i, CASTS] > 0.0 and touches(solids, i, of):
                return True
    return False


@compiled
def _apart(a: Triple, b: Triple) -> float:
    return sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)
