"""Foam rings, their tray, the suction picker and the rod: shapes and surfaces."""

from math import pi

import numpy as np
from PIL import Image, ImageDraw

from vadlit.simulation.foam_stage import bent
from vadlit.simulation.foam_times import RINGS
from vadlit.simulation.scene import TIP, Box, Material, Solid, Turned, Vector, turn
from vadlit.simulation.textures import Paint, Texture, brushed, smooth, speckled, worn

# Of a ring: outer and inner radius, and height.
OUTER, INNER, TALL = 0.034, 0.0155, 0.026
# Distance of two rings' middles; height of the tray's floor, on which they lie.
PITCH, FLOOR = 0.080, 0.014
PEGS = tuple((k - (RINGS - 1) / 2) * PITCH for k in range(RINGS))
# Of the tray.
LENGTH, DEPTH, _WALL = RINGS * PITCH + 0.026, 0.104, 0.005
_FOAM: Paint = (232, 214, 158)


def make_rings(generator: np.random.Generator) -> tuple[Turned, ...]:
    """As many looks of a ring as a tray holds."""
    return tuple(_ring(generator) for _ in range(RINGS))


def _ring(generator: np.random.Generator) -> Turned:
    shade = 1 - 0.07 * float(generator.uniform())
    color = (shade, shade, shade * float(generator.uniform(0.92, 1.0)))
    side = Material(color, 0.02, 1.0, 0.0, porous(generator, (28, 220), _FOAM))
    flat = Material(color, 0.02, 1.0, 0.0, porous(generator, (72, 72), _FOAM))
    soft = 0.003
    points = (
        (OUTER - soft, 0.0),
        (OUTER, soft),
        (OUTER, TALL - soft),
        (OUTER - soft / 3, TALL - soft / 3),
        (OUTER - soft, TALL),
        (INNER + soft / 2, TALL),
        (INNER, TALL - soft / 2),
        (INNER, 0.0),
    )
    return Turned(points, (side, side, side, flat, flat, side, side), hole=INNER)


def porous(generator: np.random.Generator, size: tuple[int, int], color: Paint) -> Texture:
    """Open cells, large ones among small ones, with light walls; tiles."""
    fine, cells, wide, large = (
        smooth(generator.standard_normal(size), width) for width in (0.5, 1.0, 9.0, 1.7)
    )
    shade = 1 + 0.035 * fine + 0.03 * wide
    for noise, depth in ((cells, 0.22), (large, 0.34)):
        shade -= depth / (1 + np.exp(-6 * (noise - 1.75)))
        shade += 0.25 * depth / (1 + np.exp(-5 * (noise - 0.9)))
    texture = speckled(generator, size, color, 0.0)
    texture[..., :3] = np.clip(texture[..., :3] * shade[..., None], 0, 255)
    return texture


class Tray:
    """A metal tray with a pin for each ring; made once.

    Args:
        generator: Draws scratches.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        sheet = worn(generator, brushed(generator, (102, 364), (176, 180, 186)), 70, 7)
        top = Material((1.0, 1.0, 1.0), 0.30, 0.35, 0.25, _seats(generator, sheet))
        edge = worn(generator, brushed(generator, (16, 364), (196, 199, 204)), 30, 0)
        rim = Material((1.0, 1.0, 1.0), 0.35, 0.35, 0.2, edge)
        dark = Material((0.03, 0.032, 0.036), 0.35, 0.35)
        blue = Material((0.03, 0.11, 0.30), 0.3, 0.35)
        high = FLOOR + 0.010
        long, short = Box((LENGTH, _WALL, high), rim), Box((_WALL, DEPTH, high), rim)
        peg = Turned(((0.0115, 0.0), (0.0115, 0.011), (0.008, 0.014), (TIP, 0.014)), (dark,))
        aside, ahead = (LENGTH - _WALL) / 2, (DEPTH - _WALL) / 2
        floor = Box((LENGTH - 2 * _WALL, DEPTH - 2 * _WALL, FLOOR), dark, top)
        self._parts = (
            # What is long casts no shadow, which would cost time at every pixel.
            Solid(floor, (0.0, 0.0, FLOOR / 2), casts=False),
            Solid(long, (0.0, -ahead, high / 2), casts=False),
            Solid(long, (0.0, ahead, high / 2), casts=False),
            Solid(short, (-aside, 0.0, high / 2)),
            Solid(short, (aside, 0.0, high / 2)),
            Solid(Box((0.020, 0.052, 0.018), blue), (LENGTH / 2 + 0.010, 0.0, 0.010)),
            *(Solid(peg, (x, 0.0, FLOOR)) for x in PEGS),
        )

    def place(self, x: float, anomalous: bool) -> tuple[Solid, ...]:
        """Its parts, the tray's middle at x."""
        return _placed(self._parts, (x, 0.0, 0.0), anomalous)


def _seats(generator: np.random.Generator, sheet: Texture) -> Texture:
    """A worn circle around each pin, where rings have lain, and the shade of the walls."""
    height, width = sheet.shape[:2]
    image = Image.new("L", (4 * width, 4 * height), 255)
    draw = ImageDraw.Draw(image)
    scale = 4 * width / (LENGTH - 2 * _WALL)
    for x in PEGS:
        u, v = 2 * width + x * scale, 2 * height
        for radius, light in ((OUTER + 0.003, 120), (OUTER + 0.001, 196), (INNER, 150)):
            r = radius * scale
            draw.ellipse((u - r, v - r, u + r, v + r), fill=light)
    shade = np.asarray(image.resize((width, height), Image.Resampling.BOX)) / 255
    shade = shade * (1 + 0.04 * smooth(generator.standard_normal((height, width)), 6))
    # The long walls shade the floor beside them, the front one more than the back one.
    rows = np.arange(height)[:, None]
    shade = shade * (1 - 0.35 * np.exp(-rows / 5) - 0.45 * np.exp(-(height - 1 - rows) / 6))
    sheet[..., :3] = np.clip(sheet[..., :3] * shade[..., None], 0, 255)
    return sheet


class Picker:
    """A beam on a mast with a suction cup for each ring; made once.

    Args:
        generator: Draws the surfaces.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        steel = Material(
            (0.85, 0.86, 0.88), 0.5, 0.3, 0.6, brushed(generator, (64, 64), (198, 200, 204))
        )
        profile = worn(generator, speckled(generator, (32, 330), (204, 206, 210), 0.012), 12, 0)
        profile[13:19, :, :3] //= 4
        alloy = Material((1.0, 1.0, 1.0), 0.35, 0.35, 0.2, profile)
        dark = Material((0.035, 0.036, 0.04), 0.3, 0.4)
        paint = speckled(generator, (64, 64), (228, 176, 36), 0.03)
        yellow = Material((1.0, 1.0, 1.0), 0.25, 0.35, 0.0, paint)
        hose = Material((0.03, 0.16, 0.42), 0.55, 0.2)
        mast = Turned(((0.014, 0.0), (0.014, 0.7), (TIP, 0.7)), (steel,))
        flange = Turned(((0.026, 0.0), (0.026, 0.010), (TIP, 0.010)), (dark,))
        self._cup = _cup()
        self._stem = Turned(((0.0045, 0.0), (0.0045, 0.046), (TIP, 0.046)), (steel,))
        nut = Turned(((0.009, 0.0), (0.009, 0.008), (TIP, 0.008)), (dark,))
        # Hoses lead over the beam from each outer cup to the inner one.
        hoop, upright = bent(PITCH / 2, 0.0030, hose), turn(x=pi / 2) @ turn(z=pi / 2)
        self._parts = (
            Solid(Box((0.298, 0.030, 0.026), alloy), (0.0, 0.0, 0.072)),
            Solid(Box((0.056, 0.050, 0.034), yellow), (0.0, 0.0, 0.102)),
            Solid(Box((0.036, 0.002, 0.014), dark), (0.0, -0.026, 0.104), casts=False),
            Solid(flange, (0.0, 0.0, 0.119)),
            Solid(mast, (0.0, 0.0, 0.129)),
            *(Solid(nut, (x, 0.0, 0.085), casts=False) for x in PEGS),
            *(Solid(hoop, (side * PITCH, 0.0, 0.091), upright) for side in (-1.0, 1.0)),
        )

    def place(self, x: float, rim: float, held: float) -> tuple[Solid, ...]:
        """Its parts.

        Args:
            x: Of its middle.
            rim: Height of the cups' rims where nothing holds them up.
            held: Height below which they cannot go: they slide up into the beam.
        """
        cup = max(rim, held)
        solids = list(_placed(self._parts, (x, 0.0, rim)))
        for peg in PEGS:
            solids.append(Solid(self._cup, (x + peg, 0.0, cup)))
            solids.append(Solid(self._stem, (x + peg, 0.0, cup + 0.024)))
        return tuple(solids)


def _cup() -> Turned:
    """A bellows of red silicone."""
    silicone = Material((0.38, 0.035, 0.025), 0.25, 0.4)
    metal = Material((0.6, 0.6, 0.62), 0.5, 0.3, 0.8)
    points = (
        (0.0255, 0.0),
        (0.0265, 0.0015),
        (0.0205, 0.0070),
        (0.0240, 0.0105),
        (0.0180, 0.0155),
        (0.0200, 0.0175),
        (0.0120, 0.0205),
        (0.0095, 0.0205),
        (0.0095, 0.0270),
        (TIP, 0.0270),
    )
    return Turned(points, (*(silicone,) * 6, *(metal,) * 3))


def make_rod(generator: np.random.Generator) -> Turned:
    """A metal rod, its tip at the origin."""
    grain = speckled(generator, (300, 24), (206, 208, 212), 0.006)
    steel = Material((0.92, 0.92, 0.94), 0.6, 0.22, 0.5, grain)
    points = ((TIP, 0.0), (0.0055, 0.0), (0.0065, 0.001), (0.0065, 0.7), (TIP, 0.7))
    return Turned(points, (steel,))


def _placed(
    parts: tuple[Solid, ...], position: Vector, anomalous: bool = False
) -> tuple[Solid, ...]:
    """What belongs together, moved as one."""
    x, y, z = position
    places = [(x + part.position[0], y + part.position[1], z + part.position[2]) for part in parts]
    return tuple(
        Solid(part.shape, place, part.rotation, anomalous, part.casts)
        for part, place in zip(parts, places, strict=True)
    )
