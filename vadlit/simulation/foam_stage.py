"""What stands around the foam line: the slide on its base, and the machine behind it."""

from collections.abc import Iterator
from math import cos, pi, sin

import numpy as np

from vadlit.simulation.scene import TIP, Box, Floats, Material, Solid, Turned, Vector, turn
from vadlit.simulation.textures import (
    Texture,
    brushed,
    finished,
    letter,
    printed,
    speckled,
    worn,
)

# Height of the base's upper side; the tray slides at 0. Its width and depth.
_BASE, _WIDE, _DEEP = -0.020, 1.2, 0.80
# Where long things stand on the base: their middle and half width.
_FEET = ((0.072, 0.014), (-0.072, 0.014), (0.20, 0.021))


def surroundings(generator: np.random.Generator) -> tuple[Solid, ...]:
    """Everything that never moves.

    Long things cast no shadow, which would cost time at every pixel: it is painted.
    """
    lines = worn(generator, brushed(generator, (48, 900), (200, 203, 208)), 40, 0)
    alloy = Material((0.95, 0.96, 0.98), 0.4, 0.35, 0.25, lines)
    dark = Material((0.03, 0.03, 0.033), 0.3, 0.4)
    return (
        *_base(generator, dark),
        *_slide(generator, alloy, dark),
        *_behind(generator, alloy, dark),
        *_valves(generator, dark),
        *_eye(alloy, dark),
    )


def _base(generator: np.random.Generator, dark: Material) -> Iterator[Solid]:
    """A painted plate with rows of threaded holes, a label, and tape that warns."""
    paint = worn(generator, speckled(generator, (600, 900), (132, 146, 140), 0.018), 50, 9)
    y = _DEEP * (0.5 - (np.arange(600) + 0.5) / 600)
    for middle, half in _FEET:
        shade = 1 - 0.5 * np.exp(-np.maximum(np.abs(y - middle) - half, 0) / 0.006)
        paint[..., :3] = (paint[..., :3] * shade[:, None, None]).astype(np.uint8)
    yield _flat(Box((_WIDE, _DEEP, 0.02), _printed(paint)), (0.0, 0.0, _BASE - 0.01))
    disc = Turned(((0.0034, 0.0), (0.0034, 0.0004), (TIP, 0.0004)), (dark,))
    for row in (-0.110, -0.160, 0.125):
        for k in range(9):
            yield _flat(disc, (-0.30 + 0.075 * k, row, _BASE))
    tape = Box((0.9, 0.026, 0.0006), dark, _printed(_hazard(generator)))
    yield _flat(tape, (0.0, -0.205, _BASE))
    yield _flat(Box((0.070, 0.030, 0.0006), dark, _printed(_label())), (-0.125, -0.136, _BASE))


def _hazard(generator: np.random.Generator) -> Texture:
    """Yellow tape with black stripes, worn."""
    image, draw = printed((28, 900), (226, 184, 30))
    for x in range(-120, 3600, 120):
        stripe = [(x, 112), (x + 60, 112), (x + 172, 0), (x + 112, 0)]
        draw.polygon(stripe, fill=(26, 25, 24, 255))
    return worn(generator, finished(image), 60, 0)


def _label() -> Texture:
    """What the machine is, with a bar code."""
    image, draw = printed((42, 98), (232, 232, 226))
    draw.text((20, 50), "FOAM RING 68/26", (22, 22, 24, 255), letter(42), "lm")
    bars = np.random.default_rng(7).integers(2, 9, 60).cumsum() + 24
    for left, right in zip(bars[::2].tolist(), bars[1::2].tolist(), strict=True):
        draw.rectangle((left, 84, right, 146), fill=(22, 22, 24, 255))
    return finished(image)


def _sign() -> Texture:
    image, draw = printed((44, 96), (236, 196, 40))
    draw.polygon([(96, 22), (34, 142), (158, 142)], fill=(20, 20, 20, 255))
    draw.text((270, 88), "CELL 7", (24, 22, 20, 255), letter(64), "mm")
    return finished(image)


def _slide(generator: np.random.Generator, alloy: Material, dark: Material) -> Iterator[Solid]:
    """Two rails, guides on both sides, and their screws."""
    lines = brushed(generator, (16, 900), (214, 216, 220))
    steel = Material((0.95, 0.95, 0.97), 0.5, 0.25, 0.35, lines)
    under = Material((0.05, 0.055, 0.06), 0.1, 0.6)
    rail, guide = Box((_WIDE, 0.018, 0.020), steel), Box((_WIDE, 0.005, 0.026), alloy)
    foot = Box((_WIDE, 0.024, 0.005), alloy)
    screw = Turned(((0.0045, 0.0), (0.0045, 0.0025), (TIP, 0.003)), (dark,))
    yield _flat(Box((_WIDE, 0.118, 0.001), under), (0.0, 0.0, _BASE))
    for side in (-1.0, 1.0):
        yield _flat(rail, (0.0, side * 0.030, _BASE / 2))
        yield _flat(guide, (0.0, side * 0.060, _BASE + 0.013))
        yield _flat(foot, (0.0, side * 0.074, _BASE + 0.0025))
        for k in range(5):
            yield _flat(screw, (-0.26 + 0.13 * k, side * 0.075, _BASE + 0.005))


def _behind(generator: np.random.Generator, alloy: Material, dark: Material) -> Iterator[Solid]:
    """A cabinet with a sign, a cable duct, and a grooved profile."""
    grey = worn(generator, speckled(generator, (220, 900), (190, 191, 190), 0.010), 20, 0)
    # Light does not get far behind the duct.
    fading = np.interp(np.arange(220), (140, 219), (1.0, 0.6))
    grey[..., :3] = (grey[..., :3] * fading[:, None, None]).astype(np.uint8)
    slots = np.tile(speckled(generator, (40, 8), (126, 131, 136), 0.0), (1, 110, 1))
    slots[6:26, np.arange(880) % 8 < 2, :3] = (48, 50, 53)
    lid = Material((0.26, 0.28, 0.30), 0.15, 0.5)
    upright = turn(x=pi / 2)
    yield _flat(Box((1.1, 0.30, 0.02), _printed(grey)), (0.0, 0.33, 0.13), upright)
    duct = Box((1.1, 0.045, 0.05), lid, _printed(slots))
    yield _flat(duct, (0.0, 0.285, _BASE + 0.085), upright)
    sign = Box((0.075, 0.034, 0.001), dark, _printed(_sign()))
    yield _flat(sign, (0.13, 0.319, 0.112), upright)
    yield _flat(Box((_WIDE, 0.04, 0.04), alloy), (0.0, 0.20, _BASE + 0.02))
    yield _flat(Box((_WIDE, 0.002, 0.008), dark), (0.0, 0.1795, _BASE + 0.02))
    yield _flat(Box((_WIDE, 0.008, 0.002), dark), (0.0, 0.20, _BASE + 0.0405))


def _valves(generator: np.random.Generator, dark: Material) -> Iterator[Solid]:
    """A block of valves, each with a plate, a lamp and a hose."""
    grain = speckled(generator, (32, 32), (214, 214, 210), 0.01)
    shell = Box((0.021, 0.040, 0.026), Material((0.72, 0.73, 0.74), 0.2, 0.4, 0.0, grain))
    plate = Box((0.012, 0.002, 0.010), dark)
    light = Box((0.005, 0.002, 0.003), Material((0.05, 0.55, 0.12), 0.3, 0.3))
    hose = bent(0.024, 0.0028, Material((0.03, 0.14, 0.42), 0.4, 0.3))
    backwards = turn(z=pi / 2) @ turn(x=pi / 2) @ turn(z=pi / 2)
    yield Solid(Box((0.150, 0.046, 0.024), dark), (-0.145, 0.20, _BASE + 0.052))
    for k in range(6):
        x = -0.205 + 0.024 * k
        yield _flat(shell, (x, 0.20, _BASE + 0.077))
        yield _flat(plate, (x, 0.1795, _BASE + 0.078))
        yield _flat(light, (x, 0.1795, _BASE + 0.0865))
        yield _flat(hose, (x, 0.224, _BASE + 0.088), backwards)


def _eye(alloy: Material, dark: Material) -> Iterator[Solid]:
    """A light barrier that sees the tray arrive."""
    red = Material((0.7, 0.03, 0.02), 0.6, 0.15)
    yield Solid(Box((0.030, 0.030, 0.004), alloy), (0.215, 0.105, _BASE + 0.002))
    yield Solid(Box((0.030, 0.004, 0.060), alloy), (0.215, 0.110, _BASE + 0.030))
    yield Solid(Box((0.020, 0.014, 0.034), dark), (0.215, 0.101, _BASE + 0.050))
    yield _flat(Box((0.008, 0.002, 0.008), red), (0.215, 0.0935, _BASE + 0.055))


def _printed(texture: Texture) -> Material:
    """Paint, print or plastic."""
    return Material((1.0, 1.0, 1.0), 0.18, 0.42, 0.0, texture)


def _flat(shape: Turned | Box, place: Vector, rotation: Floats | None = None) -> Solid:
    """What casts no shadow worth its time."""
    return Solid(shape, place, turn() if rotation is None else rotation, casts=False)


def bent(radius: float, thick: float, material: Material) -> Turned:
    """A half circle of hose about +x."""
    around = [2 * pi * k / 8 - pi for k in range(9)]
    points = tuple((radius + thick * cos(a), thick * sin(a)) for a in around)
    return Turned(points, (material,), arc=pi / 2, hole=radius - thick)
