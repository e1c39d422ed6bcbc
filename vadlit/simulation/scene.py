"""What a line is made of: materials, turned shapes and boxes, their places, lamps and the view.

Lengths are metres, angles radians, z points up. Colours are linear RGB, textures as painted (sRGB).
"""

from dataclasses import dataclass, field
from math import cos, sin

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Vector = tuple[float, float, float]

# Where the outline of a turned shape meets its axis: at 0 it would have no direction there.
TIP = 1e-4
# Where what is not there is kept, as all moments of an event have the same solids.
AWAY: Vector = (0.0, 0.0, -100.0)


@dataclass(frozen=True, eq=False)
class Material:
    """How a surface answers light.

    Args:
        color: Linear RGB in [0, 1]; multiplies the texture.
        gloss: Share of mirrored light in [0, 1]; a texture's alpha multiplies it.
        rough: Width of highlights in (0, 1]: 0.05 polished, 0.3 satin, 1 chalk.
        metal: 1 where mirrored light takes the surface's colour and none is scattered.
        texture: uint8 RGBA (H, W, 4). Sides of a turned shape wrap it once around and over the
            shape's height; flat ends and the faces of a box show it whole.
        repeat: How often the texture is repeated along its width and height.
    """

    color: Vector = (1.0, 1.0, 1.0)
    gloss: float = 0.1
    rough: float = 0.4
    metal: float = 0.0
    texture: npt.NDArray[np.uint8] | None = None
    repeat: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Turned:
    """A surface of revolution about its z axis, such as a can, a ring, a cap or a disc.

    Args:
        points: (radius, z) from the bottom up the outside to the top; going inwards and down again
            makes a hollow or a ring. Corners flatter than 50 degrees are rounded in shading.
        materials: One for each stretch between two points, or one for all.
        arc: Half the angle that the surface spans about +x; pi is all around.
        hole: Radius that light passes through along the axis; 0 for none.
    """

    points: tuple[tuple[float, float], ...]
    materials: tuple[Material, ...]
    arc: float = np.pi
    hole: float = 0.0


@dataclass(frozen=True, eq=False)
class Box:
    """A box about its origin.

    Args:
        size: Full lengths along x, y and z.
        side: Material of all faces but the upper one.
        top: Material of the upper face; the sides' where None.
    """

    size: Vector
    side: Material
    top: Material | None = None


@dataclass(frozen=True, eq=False)
class Solid:
    """A shape in its place.

    Args:
        shape: Shared between all solids that look alike.
        position: Where the shape's origin is.
        rotation: (3, 3) matrix, see `turn`.
        anomalous: Whether the frame is anomalous where this can be seen.
        casts: Whether it casts shadows and darkens what is near.
    """

    shape: Turned | Box
    position: Vector = (0.0, 0.0, 0.0)
    rotation: Floats = field(default_factory=lambda: np.eye(3))
    anomalous: bool = False
    casts: bool = True


def turn(z: float = 0.0, y: float = 0.0, x: float = 0.0) -> Floats:
    """Rotation matrix (3, 3): about x first, then y, then z.

    >>> (turn(z=np.pi / 2) @ [1.0, 0.0, 0.0]).round(6).tolist()
    [0.0, 1.0, 0.0]
    """
    about_z = np.array([[cos(z), -sin(z), 0.0], [sin(z), cos(z), 0.0], [0.0, 0.0, 1.0]])
    about_y = np.array([[cos(y), 0.0, sin(y)], [0.0, 1.0, 0.0], [-sin(y), 0.0, cos(y)]])
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, cos(x), -sin(x)], [0.0, sin(x), cos(x)]])
    rotation: Floats = about_z @ about_y @ about_x
    return rotation


@dataclass(frozen=True)
class Lamp:
    """A round source of light.

    Args:
        position: Of its middle.
        color: Linear RGB of the light that falls on a facing surface at the scene's origin.
        radius: Of the source; wide ones cast soft shadows.
        fill: Its light that reaches everything by way of the room, as a share of `color`.
    """

    position: Vector
    color: Vector
    radius: float = 0.1
    fill: float = 0.3


@dataclass(frozen=True)
class View:
    """Where the camera stands, what it points at, and its vertical angle of view."""

    eye: Vector
    target: Vector
    angle: float


@dataclass(frozen=True)
class Stage:
    """What never moves.

    Args:
        solids: The surroundings.
        lamps: All lamps.
        view: The camera's.
        belt: What moves along its own surface, so that only its texture is seen to move; casts no
            shadow.
    """

    solids: tuple[Solid, ...]
    lamps: tuple[Lamp, ...]
    view: View
    belt: Solid | None = None


@dataclass(frozen=True)
class Moment:
    """What moves, at one moment.

    Args:
        solids: Everything that moves or changes.
        power: Of each lamp; 1 is full, 0 off.
        bait: Names of the normal disturbances going on.
        belt: The stage's, where it is now; None where it has not moved since the last moment.
    """

    solids: tuple[Solid, ...]
    power: tuple[float, ...]
    bait: tuple[str, ...] = ()
    belt: Solid | None = None
