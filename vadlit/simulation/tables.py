"""A scene as the arrays that the compiled code reads."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vadlit.simulation.scene import Box, Floats, Lamp, Material, Solid, Turned

Texels = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

BOX, TURNED = 0, 1
# Corners flatter than this are shaded round.
_ROUND = np.cos(np.radians(50))


# Columns of a table of solids, one a row: middle (3), rotation (9), radius of the sphere about the
# middle that holds the shape, extent (3; a box's half lengths, or radius, half height and hole),
# half the arc, kind, first face, number of faces, whether it casts shadows.
POSITION, ROTATION, BOUND, EXTENT = 0, 3, 12, 13
ARC, KIND, FIRST, COUNT, CASTS = 16, 17, 18, 19, 20
# Columns of a table of faces: radius and z at both ends of a stretch (4), outward and upward part
# of the normal at both ends (4), material, and a number that changes where an edge is seen. Boxes
# use the last two alone.
PROFILE, NORMAL, MATERIAL, GROUP = 0, 4, 8, 9
# Columns of a table of materials: colour (3), gloss, roughness, metal, repeat (2), and the
# texture's first texel, height and width; height 0 for none.
COLOR, GLOSS, ROUGH, METAL, REPEAT, TEXEL, HEIGHT, WIDTH = 0, 3, 4, 5, 6, 8, 9, 10
# Columns of a table of lamps: position (3), radius, light at one metre (3), light from all around
# (3).
RADIUS, STRENGTH, FILL = 3, 4, 7


class Surfaces(NamedTuple):
    """Faces of the shapes, their materials, and uint8 RGBA texels (t, 4)."""

    faces: Floats
    materials: Floats
    texels: npt.NDArray[np.uint8]


class Register:
    """Numbers every shape, material and texture that comes by."""

    def __init__(self) -> None:
        self._shapes: dict[int, tuple[Turned | Box, int, int]] = {}
        self._materials: dict[int, int] = {}
        self._kept: list[Material] = []
        self._textures: dict[int, tuple[int, int, int]] = {}
        self._texels: list[npt.NDArray[np.uint8]] = []
        self._rows: list[list[float]] = []
        self._texture_rows: list[tuple[int, int, int]] = []
        self._surfaces: Surfaces | None = None

    def surfaces(self) -> Surfaces:
        """Everything registered so far."""
        if self._surfaces is None:
            self._surfaces = self._build()
        return self._surfaces

    def solids(self, placed: Sequence[Solid]) -> Floats:
        """Register the shapes and write down the places."""
        n = len(placed)
        faces = np.array([self._shape(solid.shape) for solid in placed], np.int64).reshape(n, 2)
        rotation = np.array([solid.rotation for solid in placed], float).reshape(n, 3, 3)
        middle = np.array([_middle(solid.shape) for solid in placed], float).reshape(n)
        origin = np.array([solid.position for solid in placed], float).reshape(n, 3)
        extent = np.array([_extent(solid.shape) for solid in placed], float).reshape(n, 3)
        turned = np.array([isinstance(solid.shape, Turned) for solid in placed], bool)
        tall = np.where(turned, np.hypot(extent[:, 0], extent[:, 1]), np.hypot.reduce(extent, 1))
        arc = np.array([getattr(solid.shape, "arc", np.pi) for solid in placed], float)
        casts = np.array([solid.casts for solid in placed], float)
        position = origin + rotation[:, :, 2] * middle[:, None]
        columns = (position, rotation.reshape(n, 9), tall + 1e-6, extent, arc, turned, faces, casts)
        return np.column_stack(columns).astype(float)

    def _shape(self, shape: Turned | Box) -> tuple[int, int]:
        if id(shape) not in self._shapes:
            rows = self._turned(shape) if isinstance(shape, Turned) else self._box(shape)
            self._shapes[id(shape)] = (shape, len(self._rows), len(rows))
            self._rows += rows
            self._surfaces = None
        return self._shapes[id(shape)][1:]

    def _box(self, box: Box) -> list[list[float]]:
        sides = (box.side, box.top or box.side)
        return [[*[0.0] * 8, self._material(m), k] for k, m in enumerate(sides)]

    def _turned(self, shape: Turned) -> list[list[float]]:
        points = np.array(shape.points, float) - [0.0, _middle(shape)]
        normals, sharp = _normals(points)
        groups = np.cumsum([0, *sharp])
        materials = shape.materials * (1 if len(shape.materials) > 1 else len(normals))
        assert len(materials) == len(normals), "one material for all, or one a stretch"
        ends = np.concatenate([points[:-1], points[1:]], 1)
        # The widest first: most rays end there, and are through.
        order = np.argsort(-(ends[:, 0] + ends[:, 2]), kind="stable").tolist()
        return [[*ends[k], *normals[k], self._material(materials[k]), groups[k]] for k in order]

    def _material(self, material: Material) -> int:
        if id(material) not in self._materials:
            self._materials[id(material)] = len(self._kept)
            self._kept.append(material)
            self._texture_rows.append(self._texture(material.texture))
        return self._materials[id(material)]

    def _texture(self, texture: npt.NDArray[np.uint8] | None) -> tuple[int, int, int]:
        if texture is None:
            return (0, 0, 0)
        if id(texture) not in self._textures:
            start = sum(len(texels) for texels in self._texels)
            self._textures[id(texture)] = (start, *texture.shape[:2])
            self._texels.append(texture.reshape(-1, 4))
        return self._textures[id(texture)]

    def _build(self) -> Surfaces:
        materials = [
            (*m.color, m.gloss, m.rough, m.metal, *m.repeat, *texture)
            for m, texture in zip(self._kept, self._texture_rows, strict=True)
        ]
        return Surfaces(
            faces=np.array(self._rows, float).reshape(-1, 10),
            materials=np.array(materials, float).reshape(-1, 11),
            texels=np.concatenate([np.zeros((1, 4), np.uint8), *self._texels])[1:].copy(),
        )


def lamp_table(lamps: Sequence[Lamp]) -> Floats:
    """Write down the lamps, one a row; their light at one metre undoes the distance."""
    position = np.array([lamp.position for lamp in lamps], float).reshape(-1, 3)
    color = np.array([lamp.color for lamp in lamps], float).reshape(-1, 3)
    fill = color * np.array([[lamp.fill] for lamp in lamps], float).reshape(-1, 1)
    radius = np.array([lamp.radius for lamp in lamps], float)
    strength = color * (position**2).sum(1, keepdims=True)
    return np.column_stack((position, radius, strength, fill))


def _middle(shape: Turned | Box) -> float:
    """Height of the shape's middle above its origin."""
    if isinstance(shape, Box):
        return 0.0
    heights = [z for _, z in shape.points]
    return (min(heights) + max(heights)) / 2


def _extent(shape: Turned | Box) -> tuple[float, float, float]:
    if isinstance(shape, Box):
        x, y, z = shape.size
        return (x / 2, y / 2, z / 2)
    heights = [z for _, z in shape.points]
    return (max(r for r, _ in shape.points), (max(heights) - min(heights)) / 2, shape.hole)


def _normals(points: Floats) -> tuple[Floats, list[bool]]:
    """Normals (stretches, 4) at both ends, and which corners between stretches are edges.

    Round corners have the mean of both stretches' normals.
    """
    along = np.diff(points, axis=0)
    own = np.stack([along[:, 1], -along[:, 0]], 1)
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    ends = np.stack([own, own], 1)
    sharp = [bool(one @ other <= _ROUND) for one, other in pairwise(own)]
    for k in np.flatnonzero(np.logical_not(sharp)):
        mean = own[k] + own[k + 1]
        ends[k, 1] = ends[k + 1, 0] = mean / np.linalg.norm(mean)
    return ends.reshape(-1, 4), sharp
