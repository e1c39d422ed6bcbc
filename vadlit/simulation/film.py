"""A plan becomes frames with exact labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from vadlit.simulation.camera import Camera
from vadlit.simulation.line import Line, Plan, Script
from vadlit.simulation.render import Renderer
from vadlit.simulation.scene import Moment, Solid, Stage
from vadlit.simulation.sensor import Image
from vadlit.simulation.surroundings import Surroundings

# A fast thing is drawn so often while the shutter is open, at most; two pixels apart.
_MOST_STEPS, _APART = 8, 2.0


@dataclass(frozen=True)
class Shot:
    """One frame.

    Args:
        image: uint8 RGB (H, W, 3).
        anomalous: See `Line`.
        bait: Names of the normal disturbances going on.
    """

    image: Image
    anomalous: bool
    bait: tuple[str, ...]


class Studio:
    """Films the events of one line.

    Args:
        line: The line.
        size: Height and width in pixels, both even.
        rate: Frames a second.
        seed: With an event's name it fixes every pixel of it.
        camera: Arguments of `Camera`, and `shutter`: share of the time between two frames that it
            is open.
        surroundings: Arguments of `Surroundings`.
    """

    def __init__(
        self,
        line: Line,
        size: tuple[int, int],
        rate: float,
        seed: int,
        *,
        camera: Mapping[str, float],
        surroundings: Mapping[str, float],
    ) -> None:
        self._line, self._size, self._rate, self._seed = line, size, rate, seed
        self._camera = {name: value for name, value in camera.items() if name != "shutter"}
        self._shutter = camera["shutter"] / rate
        self._surroundings = surroundings
        self._stage = line.stage()
        self._renderer = Renderer(self._stage, size)

    def film(self, plan: Plan) -> Iterator[Shot]:
        """Yield the frames of an event, round(seconds * rate) of them."""
        # The line, its surroundings and the camera each have their own chance: a setting of one
        # leaves the others as they were.
        name = [self._seed, *f"{plan.split}/{plan.name}".encode()]
        luck = [np.random.default_rng([*name, part]) for part in range(3)]
        script = self._line.script(plan, luck[0])
        around = Surroundings(self._stage, plan, luck[1], **self._surroundings)
        camera = Camera(luck[2], rate=self._rate, **self._camera)
        for number in range(round(plan.seconds * self._rate)):
            time = number / self._rate
            moments = self._exposure(script, around, time)
            picture = self._renderer.draw(moments)
            moment = moments[len(moments) // 2]
            anomalous = [k for k, solid in enumerate(moment.solids) if solid.anomalous]
            share = float(np.isin(picture.seen, anomalous).mean()) if anomalous else 0.0
            yield Shot(camera.take(picture, time), share >= self._line.visible, moment.bait)

    def _exposure(self, script: Script, around: Surroundings, time: float) -> list[Moment]:
        """The moments that the frame of a time is the mean of."""
        way = _longest_way(script(time), script(time + self._shutter), self._stage, self._size[0])
        steps = min(max(ceil(way / _APART), 1), _MOST_STEPS)
        times = time + self._shutter * np.arange(steps) / steps
        return [around.add(script(t), t) for t in times.tolist()]


def _belt(moment: Moment) -> tuple[Solid, ...]:
    return () if moment.belt is None else (moment.belt,)


def _longest_way(first: Moment, last: Moment, stage: Stage, height: int) -> float:
    """The most pixels that a solid in front of the camera moves, nearly."""
    eye, view = np.array(stage.view.eye), stage.view
    before, after = (
        np.array([solid.position for solid in (*moment.solids, *_belt(moment))]).reshape(-1, 3)
        for moment in (first, last)
    )
    focal = height / 2 / np.tan(view.angle / 2)
    forward = np.subtract(view.target, view.eye) / np.linalg.norm(np.subtract(view.target, eye))
    ahead = (before - eye) @ forward
    moved = np.linalg.norm(after - before, axis=1)
    return float(
        np.max(np.where(ahead > 0.05, moved / np.maximum(ahead, 0.05) * focal, 0.0), initial=0.0)
    )
