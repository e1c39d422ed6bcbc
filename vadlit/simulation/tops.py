"""Plastic tops, the robot's gripper, and the belt: their shapes and surfaces."""

from math import pi

import numpy as np

from vadlit.simulation.feed import HEIGHT, RADIUS
from vadlit.simulation.scene import TIP, Box, Floats, Material, Solid, Turned, Vector, turn
from vadlit.simulation.textures import (
    Texture,
    brushed,
    finished,
    letter,
    printed,
    smooth,
    speckled,
    worn,
)

# Of the belt: width, and length after which its surface comes again.
WIDTH, PERIOD = 0.19, 0.8
_WALL = 0.0016
_BLUE = (38, 104, 176)


def make_tops(generator: np.random.Generator) -> tuple[Turned, ...]:
    """The shapes of tops of one batch: ribs around, a mark above, hollow below."""
    return tuple(_top(generator) for _ in range(4))


def _top(generator: np.random.Generator) -> Turned:
    shade = 1 + 0.04 * float(generator.uniform(-1, 1))
    side = Material((shade,) * 3, 0.28, 0.3, 0.0, _ribs(generator))
    above = Material((shade,) * 3, 0.28, 0.3, 0.0, _mark(generator))
    inside = Material((0.02, 0.10, 0.30), 0.15, 0.45)
    inner, under = RADIUS - _WALL, HEIGHT - _WALL
    points = (
        (TIP, under),
        (inner, under),
        (inner, 0.0),
        (RADIUS, 0.0),
        (RADIUS, 0.0030),
        (RADIUS - 0.0008, 0.0034),
        (RADIUS - 0.0008, HEIGHT - 0.0018),
        (RADIUS - 0.0016, HEIGHT - 0.0006),
        (RADIUS - 0.0030, HEIGHT),
        (TIP, HEIGHT),
    )
    rim = (side, side, side, side, above, above)
    return Turned(points, (inside, inside, inside, *rim))


def _ribs(generator: np.random.Generator) -> Texture:
    """Grooves around the side, above the plain ring that seals a bottle."""
    texture = speckled(generator, (24, 288), _BLUE, 0.02)
    around = np.arange(288) / 288 * 36 * 2 * pi
    shade = np.tile(0.84 + 0.26 * np.cos(around), (24, 1))
    shade[:3], shade[-4:], shade[-5] = 1.0, 1.0, 0.55
    texture[..., :3] = np.clip(texture[..., :3] * shade[..., None], 0, 255)
    return texture


def _mark(generator: np.random.Generator) -> Texture:
    """The flat above: a raised ring, and letters."""
    image, draw = printed((56, 56), _BLUE)
    draw.ellipse((30, 30, 194, 194), outline=(72, 138, 204, 255), width=7)
    draw.ellipse((38, 38, 186, 186), outline=(20, 70, 130, 255), width=4)
    draw.text((114, 116), "VL", (18, 66, 124, 255), letter(74), "mm")
    draw.text((111, 113), "VL", (96, 158, 218, 255), letter(74), "mm")
    return worn(generator, finished(image), 3, 0)


def make_belt(generator: np.random.Generator) -> Box:
    """Three periods of a belt: weave, cross seams, one slanted splice, stains and rubbed tracks."""
    height, width = 220, 920
    texture = speckled(generator, (height, width), (44, 82, 70), 0.05)
    rubbed = np.exp(-(((np.arange(height) - height / 2) / 26) ** 2))
    # The side members, which rise a little above the belt, shade its edges.
    aside = (height / 2 - np.abs(np.arange(height) - (height - 1) / 2)) / height * WIDTH
    rubbed = 0.14 * rubbed - 0.45 * np.exp(-aside / 0.003)
    shade = 1 + rubbed[:, None] + 0.05 * smooth(generator.standard_normal((height, width)), 30)
    shade[:, :: width // 8] *= 0.72
    shade[:, 1 :: width // 8] *= 1.18
    splice = (np.arange(height) * 0.35 + 300).astype(int)
    for k in range(3):
        shade[np.arange(height), splice + k] *= (0.55, 0.6, 1.35)[k]
    texture[..., :3] = np.clip(texture[..., :3] * shade[..., None], 0, 255)
    texture = worn(generator, texture, 30, 0)
    surface = Material((1.0, 1.0, 1.0), 0.22, 0.45, 0.0, _stained(generator, texture), (3.0, 1.0))
    edge = Material((0.03, 0.06, 0.05), 0.1, 0.6)
    return Box((3 * PERIOD, WIDTH, 0.004), edge, surface)


def _stained(generator: np.random.Generator, texture: Texture) -> Texture:
    """Irregular dark spots, some of them large."""
    height, width = texture.shape[:2]
    y, x = np.mgrid[:height, :width]
    edge = 0.35 * smooth(generator.standard_normal((height, width)), 5)
    for _ in range(16):
        middle = generator.uniform((0, 0), (height, width))
        wide = float(generator.uniform(3, 14))
        # Stains go on across the end, where the surface comes again.
        aside = (x - middle[1] + width / 2) % width - width / 2
        away = np.hypot(y - middle[0], aside) / wide
        steep = np.exp(np.clip(6 * (away - 1 + edge), -50, 50))
        dark = 0.45 * float(generator.uniform(0.4, 1)) / (1 + steep)
        texture[..., :3] = (texture[..., :3] * (1 - dark[..., None])).astype(np.uint8)
    return texture


class Gripper:
    """A hand with two fingers that close across the line; made once.

    Args:
        generator: Draws the surfaces.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        steel = _steel(generator)
        dark = Material((0.035, 0.036, 0.04), 0.3, 0.4)
        paint = Material(
            (1.0, 1.0, 1.0), 0.3, 0.35, 0.0, speckled(generator, (64, 64), (222, 120, 28), 0.03)
        )
        rubber = Material((0.02, 0.02, 0.02), 0.05, 0.8)
        self._finger = Box((0.014, 0.005, 0.034), steel)
        self._tip = Box((0.016, 0.003, 0.014), rubber)
        rail = Box((0.022, 0.078, 0.010), steel)
        body = Box((0.052, 0.058, 0.040), paint)
        rod = Turned(((0.013, 0.0), (0.013, 0.3), (TIP, 0.3)), (steel,))
        flange = Turned(((TIP, 0.0), (0.024, 0.0), (0.024, 0.008), (TIP, 0.008)), (dark,))
        hose = Turned(((0.004, 0.0), (0.004, 0.3), (TIP, 0.3)), (dark,))
        plate = Box((0.030, 0.002, 0.020), dark)
        # Shape, place above the gripped foot, and whether it is large enough to cast a shadow.
        self._fixed: tuple[tuple[Turned | Box, Vector, bool], ...] = (
            (rail, (0.0, 0.0, 0.040), True),
            (body, (0.0, 0.0, 0.066), True),
            (plate, (0.0, -0.030, 0.068), False),
            (flange, (0.0, 0.0, 0.086), False),
            (rod, (0.0, 0.0, 0.094), True),
            (hose, (0.021, 0.012, 0.086), False),
        )

    def place(self, position: Vector, opening: float) -> tuple[Solid, ...]:
        """Its parts, above the foot of what is gripped; fingers so many metres from it."""
        solids = [
            Solid(shape, _add(position, offset), casts=casts)
            for shape, offset, casts in self._fixed
        ]
        for side in (-1.0, 1.0):
            tip = (0.0, side * (RADIUS + 0.0010 + opening), 0.011)
            finger = (0.0, side * (RADIUS + 0.0050 + opening), 0.021)
            solids += [
                Solid(self._tip, _add(position, tip)),
                Solid(self._finger, _add(position, finger)),
            ]
        return tuple(solids)


def _steel(generator: np.random.Generator) -> Material:
    lines = brushed(generator, (64, 64), (196, 198, 202))
    return Material((0.85, 0.86, 0.88), 0.5, 0.3, 0.6, lines)


def lie(x: float, y: float, spin: float, tilt: float) -> tuple[Vector, Floats]:
    """Where a top's foot is and how it is turned when its middle is above the belt's (x, y)."""
    rotation = turn(z=spin, y=tilt)
    up = rotation[:, 2] * HEIGHT / 2
    half = abs(np.cos(tilt)) * HEIGHT / 2 + abs(np.sin(tilt)) * RADIUS
    return (x - float(up[0]), y - float(up[1]), half - float(up[2])), rotation


def _add(one: Vector, other: Vector) -> Vector:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])
