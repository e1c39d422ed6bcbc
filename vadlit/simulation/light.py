"""How surfaces answer lamps: soft shadows, nearness, scattering and mirroring. Compiled."""

from math import floor, sqrt

from vadlit.simulation.compiled import compiled
from vadlit.simulation.rays import Triple, to_local
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import (
    BOUND,
    COLOR,
    EXTENT,
    GLOSS,
    HEIGHT,
    KIND,
    MATERIAL,
    METAL,
    POSITION,
    REPEAT,
    ROUGH,
    TEXEL,
    TURNED,
    WIDTH,
    Texels,
)

# Narrowest half-shadow, in metres.
CRISP = 0.0008
# Colour, gloss, roughness and metal.
Look = tuple[Triple, float, float, float]
# Nothing darkens what is further off than one and a half times this, in metres.
DARK = 0.04


@compiled
def shadow(
    solids: Floats, i: int, point: Triple, way: Triple, reach: float, spread: float
) -> float:
    """Share of a lamp that a solid hides from a point.

    The distance by which the ray to the lamp's middle clears the solid, over the half-shadow's
    width there; solids count as their plain cylinder, ring or box.

    Args:
        solids: With `i`, the one that may be in the way.
        i: Its number.
        point: Where the light falls.
        way: Direction of the lamp, of length one.
        reach: Distance to the lamp.
        spread: The lamp's radius over its distance.
    """
    x = point[0] - solids[i, POSITION]
    y = point[1] - solids[i, POSITION + 1]
    z = point[2] - solids[i, POSITION + 2]
    along = -(x * way[0] + y * way[1] + z * way[2])
    wide = solids[i, BOUND] + spread * max(along, 0.0) + CRISP
    if along < -wide or x * x + y * y + z * z - along * along > wide * wide:
        return 0.0
    o = to_local(solids, i, x, y, z)
    d = to_local(solids, i, way[0], way[1], way[2])
    if solids[i, KIND] == TURNED:
        return _shadow_of_turned(solids, i, o, d, reach, spread)
    return _shadow_of_box(solids, i, o, d, reach, spread)


@compiled
def _shadow_of_turned(
    solids: Floats, i: int, o: Triple, d: Triple, reach: float, spread: float
) -> float:
    radius, half, hole = solids[i, EXTENT + 0], solids[i, EXTENT + 1], solids[i, EXTENT + 2]
    flat = max(d[0] * d[0] + d[1] * d[1], 1e-9)
    if hole > 0.0 and abs(d[2]) > 0.1:
        # Most rays go far from a rail or ring: where one crosses its middle plane tells.
        t = -o[2] / d[2]
        slack = (half + spread * max(t, 0.0) + CRISP) / abs(d[2])
        there = (o[0] + t * d[0]) ** 2 + (o[1] + t * d[1]) ** 2
        if there > (radius + slack) ** 2 or there < max(hole - slack, 0.0) ** 2:
            return 0.0
    closest = -(o[0] * d[0] + o[1] * d[1]) / flat
    apart = sqrt(max(o[0] * o[0] + o[1] * o[1] - closest * closest * flat, 0.0))
    chord = sqrt(max(radius * radius - apart * apart, 0.0) / flat)
    enter, leave = max(closest - chord, 0.0), min(closest + chord, reach)
    if leave <= enter and (closest <= 0.0 or closest >= reach):
        return 0.0
    low, high = o[2] + d[2] * enter, o[2] + d[2] * leave
    above = max(min(low, high) - half, -half - max(low, high)) * sqrt(flat)
    width = spread * enter + CRISP
    hidden = _soft(-max(apart - radius, above), width)
    if hole > 0.0 and abs(d[2]) > 0.02:
        lower, upper = (-half - o[2]) / d[2], (half - o[2]) / d[2]
        widest = max(radius_at(o, d, max(lower, 0.0)), radius_at(o, d, max(upper, 0.0)))
        hidden *= 1.0 - _soft(hole - widest, width)
    return hidden


@compiled
def radius_at(o: Triple, d: Triple, t: float) -> float:
    """Distance from the axis of a point of a ray."""
    return sqrt((o[0] + t * d[0]) ** 2 + (o[1] + t * d[1]) ** 2)


@compiled
def _shadow_of_box(
    solids: Floats, i: int, o: Triple, d: Triple, reach: float, spread: float
) -> float:
    enter, leave = -1e9, 1e9
    last, first = 1.0, 1.0
    for axis in range(3):
        half = solids[i, EXTENT + axis]
        step = d[axis] if abs(d[axis]) > 1e-6 else 1e-6
        a, b = (-half - o[axis]) / step, (half - o[axis]) / step
        if min(a, b) > enter:
            enter, last = min(a, b), abs(step)
        if max(a, b) < leave:
            leave, first = max(a, b), abs(step)
    if leave <= 0.0 or enter >= reach:
        return 0.0
    inside = (leave - max(enter, 0.0)) * last * first / sqrt(last * last + first * first)
    return _soft(inside, spread * max(min(enter, leave), 0.0) + CRISP)


@compiled
def _soft(depth: float, width: float) -> float:
    """0 where the edge is `width` away outside, 1 where it is inside."""
    s = min(max(0.5 + 0.5 * depth / width, 0.0), 1.0)
    return s * s * (3.0 - 2.0 * s)


@compiled
def nearness(solids: Floats, i: int, point: Triple, normal: Triple) -> float:
    """Share of the room's light that a solid nearby takes from a point; fades over its size."""
    x = solids[i, POSITION + 0] - point[0]
    y = solids[i, POSITION + 1] - point[1]
    z = solids[i, POSITION + 2] - point[2]
    if x * x + y * y + z * z > (solids[i, BOUND] + 1.5 * DARK) ** 2:
        return 0.0
    # A surface sees nothing of what lies behind it.
    ahead = x * normal[0] + y * normal[1] + z * normal[2]
    seen = min(max(0.5 + ahead / solids[i, BOUND], 0.0), 1.0)
    if seen == 0.0:
        return 0.0
    p = to_local(solids, i, -x, -y, -z)
    if solids[i, KIND] == TURNED:
        radius = sqrt(p[0] * p[0] + p[1] * p[1])
        a = max(radius - solids[i, EXTENT + 0], solids[i, EXTENT + 2] - radius, 0.0)
        b, c = max(abs(p[2]) - solids[i, EXTENT + 1], 0.0), 0.0
        size = min(solids[i, EXTENT + 0], 2 * solids[i, EXTENT + 1])
    else:
        a = max(abs(p[0]) - solids[i, EXTENT + 0], 0.0)
        b = max(abs(p[1]) - solids[i, EXTENT + 1], 0.0)
        c = max(abs(p[2]) - solids[i, EXTENT + 2], 0.0)
        size = min(solids[i, EXTENT + 0], solids[i, EXTENT + 1], solids[i, EXTENT + 2])
    gap = sqrt(a * a + b * b + c * c)
    fade = 1.0 - gap / (1.5 * min(size, DARK))
    return 0.65 * seen * fade * fade * fade if fade > 0.0 else 0.0


@compiled
def look(faces: Floats, materials: Floats, texels: Texels, face: int, u: float, v: float) -> Look:
    """How a face looks at its texture coordinates."""
    m = int(faces[face, MATERIAL])
    r, g, b = materials[m, COLOR], materials[m, COLOR + 1], materials[m, COLOR + 2]
    gloss = materials[m, GLOSS]
    height, width = int(materials[m, HEIGHT]), int(materials[m, WIDTH])
    if height > 0:
        across, down = u * materials[m, REPEAT], v * materials[m, REPEAT + 1]
        x = (across - floor(across)) * width - 0.5
        y = (down - floor(down)) * height - 0.5
        right, y1 = int(x + 1.0), int(y + 1.0)
        fx, fy = x + 1.0 - right, y + 1.0 - y1
        # Textures go on over their edges.
        left, y0 = right - 1 if right > 0 else width - 1, y1 - 1 if y1 > 0 else height - 1
        right, y1 = right if right < width else 0, y1 if y1 < height else 0
        start = int(materials[m, TEXEL])
        upper, lower = start + y0 * width, start + y1 * width
        weights = ((1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy)
        places = (upper + left, upper + right, lower + left, lower + right)
        red = green = blue = shine = 0.0
        for k in range(4):
            red += weights[k] * texels[places[k], 0]
            green += weights[k] * texels[places[k], 1]
            blue += weights[k] * texels[places[k], 2]
            shine += weights[k] * texels[places[k], 3]
        # Painted for the eye; light is counted in its square, nearly.
        r, g, b = r * (red / 255) ** 2, g * (green / 255) ** 2, b * (blue / 255) ** 2
        gloss *= shine / 255
    return (r, g, b), gloss, materials[m, ROUGH], materials[m, METAL]


@compiled
def reflected(color: float, gloss: float, metal: float, scattered: float, shine: float) -> float:
    """What one colour gives back where white of gloss one would scatter and mirror so much."""
    return color * scattered + (1.0 + metal * (color - 1.0)) * gloss * shine


@compiled
def mirrored(normal: Triple, way: Triple) -> Triple:
    """The direction that a ray leaves a mirror in."""
    k = 2 * (normal[0] * way[0] + normal[1] * way[1] + normal[2] * way[2])
    return (way[0] - k * normal[0], way[1] - k * normal[1], way[2] - k * normal[2])


@compiled
def from_lamp(
    normal: Triple,
    mirror: Triple,
    way: Triple,
    spread: float,
    rough: float,
    metal: float,
) -> tuple[float, float]:
    """Share of a lamp's light that white of gloss one scatters, and mirrors.

    Lambert's law, and a lobe as wide as lamp and surface make it.

    `way` points to the lamp; `spread` is the lamp's radius over its distance.
    """
    facing = normal[0] * way[0] + normal[1] * way[1] + normal[2] * way[2]
    if facing <= 0.0:
        return 0.0, 0.0
    along = mirror[0] * way[0] + mirror[1] * way[1] + mirror[2] * way[2]
    width = rough * rough + spread * spread * 0.5
    lobe = 1.0 / ((1.0 + (1.0 - along) / width) ** 2 * (width + 0.02))
    return facing * (1.0 - metal), 0.6 * lobe * min(4.0 * facing, 1.0)


@compiled
def from_room(normal: Triple, mirror: Triple, way: Triple, metal: float) -> tuple[float, float]:
    """The same of the light that comes from everywhere, mostly from above."""
    scattered = (0.6 + 0.4 * normal[2]) * (1.0 - metal)
    facing = -(normal[0] * way[0] + normal[1] * way[1] + normal[2] * way[2])
    edge = (1.0 - min(max(facing, 0.0), 1.0)) ** 5
    # The room has a bright ceiling, walls with a window's stripe, and a dark floor.
    room = 0.25 + 0.9 * _step(mirror[2], -0.25, 0.7)
    room += 0.5 / (1.0 + ((mirror[0] - 0.55) / 0.2) ** 2) ** 2
    room -= 0.35 * (1.0 - abs(mirror[2])) / (1.0 + ((mirror[0] + 0.35) / 0.25) ** 2) ** 2
    shine = metal + (1.0 - metal) * (0.15 + 0.6 * edge)
    return scattered, shine * max(room, 0.0)


@compiled
def _step(x: float, low: float, high: float) -> float:
    s = min(max((x - low) / (high - low), 0.0), 1.0)
    return s * s * (3.0 - 2.0 * s)
