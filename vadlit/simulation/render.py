"""A scene as a picture in linear light, and what is seen where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from vadlit.simulation.develop import develop
from vadlit.simulation.frame import held, show
from vadlit.simulation.kernel import Pixels, Scene
from vadlit.simulation.scene import Floats, Moment, Stage, View
from vadlit.simulation.still import still_picture
from vadlit.simulation.tables import BOUND, CASTS, Register, lamp_table
from vadlit.simulation.tile import AREA, TILE

Number = TypeVar("Number", bound=np.generic)

# Drawn around the picture, for the camera to shake in.
MARGIN = 4


@dataclass(frozen=True)
class Picture:
    """What the lens would show.

    Args:
        light: float32 linear RGB (3, H', W'), which begins MARGIN pixels before what is seen and
            ends as much after it or later.
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
        self._size = size
        down, across = (-(-(side + 2 * MARGIN) // TILE) for side in size)
        self._tiles = down, across
        belt = () if stage.belt is None else (stage.belt,)
        solids = self._register.solids((*stage.solids, *belt))
        self._casting = solids[solids[:, CASTS] > 0]
        self._belt = solids[len(stage.solids) :]
        number = len(stage.solids) if stage.belt else -1
        self._still = still_picture(self._scene(solids), number, self._tiles)
        self._held = held(self._still)
        # Something as large as all was there before the first moment: all is drawn.
        self._last = self._register.solids(stage.solids[:1])
        self._last[:, [BOUND, CASTS]] = 1e9, 1.0
        # Compiles: nobody has to wait later on.
        self.draw([Moment((), (0.0,) * len(stage.lamps))])

    def draw(self, moments: Sequence[Moment]) -> Picture:
        """Average moments while the shutter is open; what is seen is that of the middle one.

        All moments show the same solids in the same order.
        """
        light = np.zeros((len(self._held.seen), 3, AREA), np.float32)
        middle = self._held.seen
        for number, moment in enumerate(moments):
            solids = self._register.solids(moment.solids)
            belt = self._register.solids([moment.belt]) if moment.belt else self._belt
            show(
                self._scene(np.concatenate([solids, self._casting])), len(solids),
                self._moved(solids), belt, self._turned(belt), self._still, self._held,
            )  # fmt: skip
            power = np.array(moment.power, np.float32) / np.float32(len(moments))
            develop(self._held.light, power, light)
            if number == len(moments) // 2:
                middle = self._held.seen.copy()
        height, width = self._size
        seen = _joined(middle[:, None], self._tiles)[0]
        return Picture(
            _joined(light, self._tiles), seen[MARGIN : MARGIN + height, MARGIN : MARGIN + width]
        )

    def _scene(self, solids: Floats) -> Scene:
        return Scene(self._view, solids, *self._register.surfaces(), self._lamps)

    def _moved(self, solids: Floats) -> Floats:
        """The solids that are not where they were at the last moment: there, and here."""
        last, self._last = self._last, solids
        if len(last) != len(solids):
            return np.concatenate([last, solids])
        changed = (last != solids).any(axis=1)
        return np.concatenate([last[changed], solids[changed]])

    def _turned(self, belt: Floats) -> bool:
        last, self._belt = self._belt, belt
        return not np.array_equal(last, belt)


def _joined(tiles: npt.NDArray[Number], size: tuple[int, int]) -> npt.NDArray[Number]:
    """Planes (n, H, W) of pictures that are so many tiles high and wide, from (tiles, n, AREA)."""
    down, across = size
    planes = tiles.reshape(down, across, -1, TILE, TILE).transpose(2, 0, 3, 1, 4)
    return planes.reshape(-1, TILE * down, TILE * across)


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
