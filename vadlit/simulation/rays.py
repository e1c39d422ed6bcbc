"""Where rays meet solids, and what they find there. Compiled; numbers in, tuples out."""

from math import atan2, sqrt

from vadlit.simulation.compiled import compiled
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import (
    ARC,
    BOUND,
    COUNT,
    EXTENT,
    FIRST,
    KIND,
    NORMAL,
    POSITION,
    PROFILE,
    ROTATION,
    TURNED,
)

FAR = 1e9
_SKIN = 1e-5

Triple = tuple[float, float, float]


@compiled
def to_local(solids: Floats, i: int, x: float, y: float, z: float) -> Triple:
    """A direction of the world as the solid sees it."""
    return (
        solids[i, ROTATION + 0] * x + solids[i, ROTATION + 3] * y + solids[i, ROTATION + 6] * z,
        solids[i, ROTATION + 1] * x + solids[i, ROTATION + 4] * y + solids[i, ROTATION + 7] * z,
        solids[i, ROTATION + 2] * x + solids[i, ROTATION + 5] * y + solids[i, ROTATION + 8] * z,
    )


@compiled
def to_world(solids: Floats, i: int, x: float, y: float, z: float) -> Triple:
    """A direction of the solid as the world sees it."""
    return (
        solids[i, ROTATION + 0] * x + solids[i, ROTATION + 1] * y + solids[i, ROTATION + 2] * z,
        solids[i, ROTATION + 3] * x + solids[i, ROTATION + 4] * y + solids[i, ROTATION + 5] * z,
        solids[i, ROTATION + 6] * x + solids[i, ROTATION + 7] * y + solids[i, ROTATION + 8] * z,
    )


@compiled
def hit(
    solids: Floats, faces: Floats, i: int, eye: Triple, way: Triple, limit: float
) -> tuple[float, int]:
    """Distance and face where a ray first meets a solid; `limit` and -1 where it does not before.

    `way` has length one.
    """
    x = eye[0] - solids[i, POSITION + 0]
    y = eye[1] - solids[i, POSITION + 1]
    z = eye[2] - solids[i, POSITION + 2]
    nearest = -(x * way[0] + y * way[1] + z * way[2])
    miss = x * x + y * y + z * z - nearest * nearest
    if miss > solids[i, BOUND] ** 2 or nearest - solids[i, BOUND] > limit:
        return limit, -1
    o = to_local(solids, i, x, y, z)
    d = to_local(solids, i, way[0], way[1], way[2])
    if solids[i, KIND] == TURNED:
        return _hit_turned(solids, faces, i, o, d, limit)
    return _hit_box(solids, i, o, d, limit)


@compiled
def _hit_box(solids: Floats, i: int, o: Triple, d: Triple, limit: float) -> tuple[float, int]:
    enter, leave = _SKIN, limit
    top = 0
    for axis in range(3):
        half = solids[i, EXTENT + axis]
        step = d[axis] if abs(d[axis]) > 1e-12 else 1e-12
        a, b = (-half - o[axis]) / step, (half - o[axis]) / step
        if min(a, b) > enter:
            enter = min(a, b)
            top = 1 if axis == 2 and step < 0 else 0
        leave = min(leave, max(a, b))
    if enter >= leave or enter <= _SKIN:
        return limit, -1
    return enter, int(solids[i, FIRST]) + top


@compiled
def _hit_turned(
    solids: Floats, faces: Floats, i: int, o: Triple, d: Triple, limit: float
) -> tuple[float, int]:
    best, face = limit, -1
    flat = d[0] * d[0] + d[1] * d[1]
    along = o[0] * d[0] + o[1] * d[1]
    across = o[0] * o[0] + o[1] * o[1]
    # Into and out of the cylinder that holds the shape.
    widest, half = solids[i, EXTENT] + 1e-7, solids[i, EXTENT + 1] + 1e-7
    reach = along * along - flat * (across - widest * widest)
    if reach < 0.0:
        return limit, -1
    reach = sqrt(reach)
    enter, leave = (-along - reach) / (flat + 1e-12), (-along + reach) / (flat + 1e-12)
    step = d[2] if abs(d[2]) > 1e-9 else 1e-9
    lower, upper = (-half - o[2]) / step, (half - o[2]) / step
    enter = max(enter, min(lower, upper), 0.0)
    leave = min(leave, max(lower, upper), limit)
    if leave < enter:
        return limit, -1
    whole = solids[i, ARC] > 3.14
    for f in range(int(solids[i, FIRST]), int(solids[i, FIRST]) + int(solids[i, COUNT])):
        if best < enter + 1e-6:
            break
        r0, z0 = faces[f, PROFILE + 0], faces[f, PROFILE + 1]
        r1, z1 = faces[f, PROFILE + 2], faces[f, PROFILE + 3]
        if abs(z1 - z0) < 1e-7:
            if abs(d[2]) < 1e-12:
                continue
            t = (z0 - o[2]) / d[2]
            square = across + t * (2 * along + t * flat)
            if _SKIN < t < best and min(r0, r1) ** 2 <= square <= max(r0, r1) ** 2:  # noqa: SIM102
                if whole or _in_arc(solids[i, ARC], o, d, t):
                    best, face = t, f
            continue
        slope = (r1 - r0) / (z1 - z0)
        here = r0 + slope * (o[2] - z0)
        a = flat - (slope * d[2]) ** 2
        b = along - slope * d[2] * here
        c = across - here * here
        root = b * b - a * c
        if root < 0 or abs(a) < 1e-12:
            continue
        root = sqrt(root)
        for sign in (-1.0, 1.0):
            t = (-b + sign * root) / a
            z = o[2] + t * d[2]
            if _SKIN < t < best and min(z0, z1) <= z <= max(z0, z1):  # noqa: SIM102
                if whole or _in_arc(solids[i, ARC], o, d, t):
                    best, face = t, f
    return best, face


@compiled
def _in_arc(arc: float, o: Triple, d: Triple, t: float) -> bool:
    return abs(atan2(o[1] + t * d[1], o[0] + t * d[0])) <= arc


@compiled
def surface(
    solids: Floats, faces: Floats, i: int, face: int, point: Triple, way: Triple
) -> tuple[Triple, float, float]:
    """Normal towards the viewer and texture coordinates of a point on a solid."""
    p = to_local(
        solids,
        i,
        point[0] - solids[i, POSITION + 0],
        point[1] - solids[i, POSITION + 1],
        point[2] - solids[i, POSITION + 2],
    )
    if solids[i, KIND] == TURNED:
        n, u, v = _on_turned(solids, faces, i, face, p)
    else:
        n, u, v = _on_box(solids, i, p)
    n = to_world(solids, i, n[0], n[1], n[2])
    if n[0] * way[0] + n[1] * way[1] + n[2] * way[2] > 0:
        n = (-n[0], -n[1], -n[2])
    return n, u, v


@compiled
def _on_turned(
    solids: Floats, faces: Floats, i: int, face: int, p: Triple
) -> tuple[Triple, float, float]:
    radius = sqrt(p[0] * p[0] + p[1] * p[1]) + 1e-12
    r0, z0 = faces[face, PROFILE + 0], faces[face, PROFILE + 1]
    r1, z1 = faces[face, PROFILE + 2], faces[face, PROFILE + 3]
    steep = abs(z1 - z0) >= abs(r1 - r0)
    s = (p[2] - z0) / (z1 - z0) if steep else (radius - r0) / (r1 - r0)
    s = min(max(s, 0.0), 1.0)
    outward = (1 - s) * faces[face, NORMAL + 0] + s * faces[face, NORMAL + 2]
    up = (1 - s) * faces[face, NORMAL + 1] + s * faces[face, NORMAL + 3]
    length = sqrt(outward * outward + up * up) + 1e-12
    n = (outward / length * p[0] / radius, outward / length * p[1] / radius, up / length)
    if steep:
        around = atan2(p[1], p[0]) / (2 * solids[i, ARC]) + 0.5
        return n, around, 0.5 - p[2] / (2 * solids[i, EXTENT + 1])
    return n, 0.5 + p[0] / (2 * solids[i, EXTENT + 0]), 0.5 - p[1] / (2 * solids[i, EXTENT + 0])


@compiled
def _on_box(solids: Floats, i: int, p: Triple) -> tuple[Triple, float, float]:
    x, y, z = (
        p[0] / solids[i, EXTENT + 0],
        p[1] / solids[i, EXTENT + 1],
        p[2] / solids[i, EXTENT + 2],
    )
    # The face is the one whose plane the point is nearest to, in metres.
    near_x = (1 - abs(x)) * solids[i, EXTENT + 0]
    near_y = (1 - abs(y)) * solids[i, EXTENT + 1]
    near_z = (1 - abs(z)) * solids[i, EXTENT + 2]
    if near_z <= near_x and near_z <= near_y:
        return (0.0, 0.0, 1.0 if z > 0 else -1.0), 0.5 + x / 2, 0.5 - y / 2
    if near_y <= near_x:
        return (0.0, 1.0 if y > 0 else -1.0, 0.0), 0.5 + x / 2, 0.5 - z / 2
    return (1.0 if x > 0 else -1.0, 0.0, 0.0), 0.5 + y / 2, 0.5 - z / 2
