"""Soda cans: their shape, labels, and the note that sticks to one."""

from dataclasses import dataclass

import numpy as np

from vadlit.simulation.scene import TIP, Material, Turned
from vadlit.simulation.textures import (
    Paint,
    Texture,
    brushed,
    finished,
    letter,
    printed,
    smooth,
    worn,
)

RADIUS, HEIGHT = 0.033, 0.115
# Texels of a label: around and up, about as fine as the picture.
_LABEL = (130, 240)


@dataclass(frozen=True)
class Brand:
    """What is printed on a can."""

    name: str
    ground: Paint
    band: Paint
    ink: Paint


BRANDS = (
    Brand("RIVA", (196, 24, 34), (236, 232, 226), (246, 244, 240)),
    Brand("limo", (24, 118, 70), (238, 214, 60), (246, 246, 236)),
    Brand("KOLA", (34, 30, 34), (184, 30, 40), (232, 226, 214)),
    Brand("Aqva", (28, 84, 168), (226, 232, 240), (244, 246, 250)),
    Brand("Sola", (232, 132, 26), (250, 236, 206), (120, 40, 20)),
)


class Cans:
    """The shapes of all cans and of the note; made once.

    Args:
        generator: Draws wear and print that no two runs of one seed differ in.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        bare = brushed(generator, (64, 64), (205, 207, 210))
        self._metal = Material((0.9, 0.9, 0.92), 0.75, 0.25, 1.0, bare)
        self._lid = Material((0.9, 0.9, 0.92), 0.7, 0.22, 1.0, _lid(generator))
        self._dark = Material((0.55, 0.55, 0.57), 0.6, 0.35, 1.0, bare)
        self.upright = tuple(self._can(_label(generator, brand)) for brand in BRANDS)
        self.note = _note(generator)

    def _can(self, label: Texture) -> Turned:
        """The outline of a 33 cl can: domed bottom, stand, body, shoulder, neck, rim, lid."""
        body = Material((1.0, 1.0, 1.0), 0.5, 0.22, 0.25, label)
        points = (
            (TIP, 0.010),
            (0.017, 0.007),
            (0.0225, 0.0),
            (0.0245, 0.0005),
            (0.0325, 0.0095),
            (RADIUS, 0.013),
            (RADIUS, 0.096),
            (0.0318, 0.1005),
            (0.0268, 0.1100),
            (0.0272, 0.1135),
            (0.0268, HEIGHT),
            (0.0252, HEIGHT),
            (0.0240, 0.1100),
            (TIP, 0.1105),
        )
        metal, dark, lid = self._metal, self._dark, self._lid
        materials = (
            dark,
            dark,
            metal,
            metal,
            body,
            body,
            body,
            body,
            metal,
            metal,
            metal,
            dark,
            lid,
        )
        return Turned(points, materials)


def _label(generator: np.random.Generator, brand: Brand) -> Texture:
    height, width = (4 * side for side in _LABEL)
    image, draw = printed(_LABEL, brand.ground)
    draw.rectangle((0, 0, width, 0.06 * height), fill=(*brand.band, 255))
    draw.rectangle((0, 0.86 * height, width, 0.90 * height), fill=(*brand.band, 235))
    for side in (0.0, 0.5):
        x = side * width
        wave = [
            (x + s * width / 2, height * (0.66 + 0.10 * np.sin(2 * np.pi * s + 0.6)))
            for s in np.linspace(0, 1, 40)
        ]
        under = [(px, py + 0.09 * height) for px, py in reversed(wave)]
        draw.polygon([*wave, *under], fill=(*brand.band, 235))
        font = letter(0.30 * height)
        draw.text((x + 0.25 * width, 0.36 * height), brand.name, (*brand.ink, 235), font, "mm")
        small = letter(0.07 * height)
        draw.text((x + 0.25 * width, 0.58 * height), "ORIGINAL", (*brand.ink, 235), small, "mm")
    _small_print(generator, draw, width, height)
    label = finished(image)
    blotch = 1 + 0.025 * smooth(generator.standard_normal(_LABEL), 8)
    label[..., :3] = np.clip(label[..., :3] * blotch[..., None], 0, 255)
    return worn(generator, label, 25, 0)


def _small_print(generator: np.random.Generator, draw: object, width: int, height: int) -> None:
    from PIL import ImageDraw

    assert isinstance(draw, ImageDraw.ImageDraw)
    left, top = 0.47 * width, 0.18 * height
    draw.rectangle((left, top, left + 0.055 * width, top + 0.3 * height), fill=(240, 240, 236, 255))
    for k in range(16):
        y = top + (0.03 + 0.24 * k / 16) * height
        draw.rectangle(
            (left + 6, y, left + 0.05 * width, y + generator.uniform(2, 8)), fill=(20, 20, 20, 255)
        )
    for k in range(9):
        y = 0.2 * height + k * 0.045 * height
        long = generator.uniform(0.05, 0.08) * width
        draw.rectangle((0.95 * width, y, 0.95 * width + long, y + 5), fill=(225, 225, 220, 230))


def _lid(generator: np.random.Generator) -> Texture:
    """The lid from above with its ring, rivet and the scored opening."""
    from PIL import ImageDraw

    image, draw = printed((64, 64), (206, 208, 212))
    assert isinstance(draw, ImageDraw.ImageDraw)
    draw.ellipse((22, 22, 234, 234), outline=(150, 152, 156, 200), width=6)
    draw.ellipse((88, 36, 168, 112), outline=(120, 122, 126, 200), width=5)
    draw.rounded_rectangle((96, 104, 160, 206), 26, fill=(178, 180, 186, 240))
    draw.ellipse((108, 160, 148, 196), fill=(96, 98, 102, 160))
    draw.ellipse((118, 116, 138, 136), fill=(232, 232, 236, 255))
    return worn(generator, finished(image), 4, 0)


def _note(generator: np.random.Generator) -> Turned:
    """A sticky note around a part of a can, its lower edge lifting off."""
    image, draw = printed((64, 64), (246, 226, 86))
    for row in range(4):
        y = 60 + 44 * row
        points = [
            (28 + 5 * k, y + generator.normal(0, 7)) for k in range(int(generator.uniform(24, 40)))
        ]
        draw.line(points, fill=(40, 44, 90, 255), width=5)
    paper = Material((1.0, 1.0, 1.0), 0.03, 0.9, 0.0, finished(image))
    outline = (
        (RADIUS + 0.006, 0.034),
        (RADIUS + 0.0022, 0.044),
        (RADIUS + 0.0006, 0.060),
        (RADIUS + 0.0005, 0.086),
    )
    return Turned(outline, (paper,), arc=0.76)
