"""A scene as a picture in linear light, and what is seen where."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from vadlit.simulation.frame import moving
from vadlit.simulation.kernel import TILE, Fixed, Pixels, fixed
from vadlit.simulation.scene import Floats, Moment, Stage, View
from vadlit.simulation.tables import FILL, Register, lamp_table

# Drawn around the picture, for the camera to shake in.
MARGIN = 4


@dataclass(frozen=True)
class Picture:
    """What the lens would show.

    Args:
        light: float32 linear RGB (H + 2 MARGIN, W + 2 MARGIN, 3).
        seen: int16 (H, W), number of the moment's solid that a pixel shows; -1 for the stage.
    """

    light: Pixels
    seen: npt.NDArray[np.int16]


class Renderer:
    """Draws moments on a stage.

    Args:
        stage: Drawn once.
        size: Height and width of the picture in pixels.
    """

    def __init__(self, stage: Stage, size: tuple[int, int]) -> None:
        self._register = Register()
        self._lamps = lamp_table(stage.lamps)
        self._view = _view(stage.view, size)
        shape = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
        solids = self._register.solids(stage.solids)
        casting = tuple(solid for solid in stage.solids if solid.casts)
        self._casting = self._register.solids(casting)
        self._still = Fixed(
            depth=np.empty((5, *shape), np.float32),
            room=np.zeros((*shape, 3), np.float32),
            lamps=np.zeros((len(stage.lamps), *shape, 3), np.float32),
            boxes=np.tile(
                [[[1e9] * 3, [-1e9] * 3]], (prod(-(-side // TILE) for side in shape), 1, 1)
            ),
        )
        still = self._still
        fixed(
            self._view, solids, *self._register.surfaces(), self._lamps, still.depth, still.room,
            still.lamps, still.boxes,
        )  # fmt: skip
        # Compiles: nobody has to wait later on.
        self.draw([Moment((), (0.0,) * len(stage.lamps))])

    def draw(self, moments: Sequence[Moment]) -> Picture:
        """Average moments while the shutter is open; what is seen is that of the middle one.

        All moments show the same solids in the same order.
        """
        light = np.zeros(self._still.room.shape, np.float32)
        seen = np.empty(light.shape[:2], np.int16)
        middle = np.empty_like(seen)
        for number, moment in enumerate(moments):
            self._add(moment, 1 / len(moments), light, seen)
            if number == len(moments) // 2:
                middle[:] = seen
        return Picture(light, middle[MARGIN:-MARGIN, MARGIN:-MARGIN])

    def _add(
        self, moment: Moment, weight: float, light: Pixels, seen: npt.NDArray[np.int16]
    ) -> None:
        solids = np.concatenate([self._register.solids(moment.solids), self._casting])
        power = np.array(moment.power, float)
        fill: Floats = power @ self._lamps[:, FILL:]
        still = self._still
        moving(
            self._view, solids, len(moment.solids), *self._register.surfaces(), self._lamps, power,
            fill, still.depth, still.room, still.lamps, still.boxes, weight, light, seen,
        )  # fmt: skip


def _view(view: View, size: tuple[int, int]) -> Floats:
    """Rows: the eye, the direction of the corner of the margin, a step in x, a step in y."""
    height, width = size
    forward = np.subtract(view.target, view.eye)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    step = 2 * np.tan(view.angle / 2) / height
    corner = forward - step * (width / 2 + MARGIN) * right - step * (height / 2 + MARGIN) * down
    return np.stack([np.array(view.eye, float), corner, step * right, step * down])
