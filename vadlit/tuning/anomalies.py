"""Anomalies made of normal footage, to have something to find where none is recorded.

Each takes a clip, uint8 (n, 3, H, W), and a generator for what it draws, and gives another clip,
anomalous in every frame.

Source: pseudo-anomalies by skipped frames and pasted patches, as in Astrid, Zaheer, Lee, Lee:
Learning not to reconstruct anomalies. BMVC 2021; the arrow of time, as in Georgescu et al.: Anomaly
detection in video via self-supervised and multi-task learning. CVPR 2021.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Generator, Tensor
from torch.nn.functional import avg_pool2d, interpolate

from vadlit.checks import check_non_negative, check_whole, within

# Pixels over which the border of what is pasted fades, so that it is no edge of its own.
FADE = 4
# Grey levels of 255 by which a thing differs wholly from what is behind it.
CONTRAST = 24.0


class Anomaly(Protocol):
    """Makes a clip anomalous."""

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """The anomalous clip, (m, 3, H, W)."""


@dataclass
class Faster:
    """Everything moves `speed` times as fast, a whole number of 2 or more."""

    speed: int = 2

    def __post_init__(self) -> None:
        """Check it."""
        check_whole("speed", self.speed, 2)

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """Leave frames out; the clip gets shorter."""
        return clip[:: self.speed]


class Reversed:
    """Everything goes backwards."""

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """Turn time round."""
        return clip.flip(0)


class Frozen:
    """Everything has stopped."""

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """Repeat the frame in the middle."""
        return clip[len(clip) // 2].expand_as(clip)


@dataclass
class Pasted:
    """A patch of the clip lies where it does not belong, turned and enlarged, and drifts.

    Attributes:
        size: Height and width of the square, as a share of the frame's shorter side.
        drift: Pixels a frame, at most, down and to the right or back.
    """

    size: float = 0.2
    drift: float = 1.0

    def __post_init__(self) -> None:
        """Check both."""
        within("size", self.size, 1)
        check_non_negative("drift", self.drift)

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """Paste the patch into every frame."""
        _, _, *frame = clip.shape
        side = max(2 * FADE, round(self.size * min(frame)))
        patch = _enlarged(_cut(clip, side // 2, generator), side)
        alpha = _faded(side)
        start, drift = torch.rand(2, 2, generator=generator, dtype=torch.float64)
        room = torch.tensor(frame) - side
        made = clip.clone()
        for number, image in enumerate(made):
            moved = start * room + (2 * drift - 1) * self.drift * number
            y, x = moved.long().clamp(torch.zeros(2).long(), room).tolist()
            _lay(patch, alpha, image[:, y : y + side, x : x + side])
        return made


class Displaced:
    """Things of the quarter of the picture in which most happens pass through another one, too.

    They look and move as ever; only where they are is new.
    """

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """Lay what differs from the median over time upon the other quarter."""
        away = _away(clip, clip)[:, None]
        opaque = avg_pool2d(away, 3, 1, padding=1).div(CONTRAST).clamp(max=1)
        most = [float(quarter.mean()) for quarter in _quarters(away)]
        busiest = most.index(max(most))
        others = [number for number in range(4) if number != busiest]
        other = others[int(torch.randint(3, (), generator=generator))]
        made = clip.clone()
        _lay(_quarters(clip)[busiest], _quarters(opaque)[busiest], _quarters(made)[other])
        return made


@dataclass
class Removed:
    """Things vanish in a part of the picture: only the background is left of it.

    Attributes:
        size: Height and width of that part, as a share of those of the frame.
    """

    size: float = 0.5

    def __post_init__(self) -> None:
        """Check it."""
        within("size", self.size, 1)

    def __call__(self, clip: Tensor, generator: Generator) -> Tensor:
        """Put the median over time in the place of that part."""
        height, width = (max(1, round(self.size * side)) for side in clip.shape[2:])
        y, x = (
            int(torch.randint(whole - part + 1, (), generator=generator))
            for whole, part in zip(clip.shape[2:], (height, width), strict=True)
        )
        made = clip.clone()
        hidden = made[..., y : y + height, x : x + width]
        hidden.copy_(hidden.median(dim=0).values.expand_as(hidden))
        return made


def _away(frames: Tensor, clip: Tensor) -> Tensor:
    """Grey levels (..., H, W) that frames (..., 3, H, W) differ by from the clip's median."""
    return (frames.float() - clip.median(dim=0).values).abs().mean(dim=-3)


def _quarters(of: Tensor) -> list[Tensor]:
    """The quarters of pictures (..., H, W), row by row."""
    height, width = (side // 2 for side in of.shape[-2:])
    corners = [(y, x) for y in (0, height) for x in (0, width)]
    return [of[..., y : y + height, x : x + width] for y, x in corners]


def _lay(things: Tensor, alpha: Tensor, upon: Tensor) -> None:
    """Lay things upon a part of a picture, uint8, as far as they are opaque."""
    upon.copy_((alpha * things + (1 - alpha) * upon).round())


def _cut(clip: Tensor, side: int, generator: Generator) -> Tensor:
    """The square of a random frame with the most in it, (3, side, side), turned by a quarter."""
    frame = clip[int(torch.randint(len(clip), (), generator=generator))]
    squares = avg_pool2d(_away(frame, clip)[None], side, 1)[0]
    y, x = divmod(int(squares.argmax()), squares.shape[1])
    return frame[:, y : y + side, x : x + side].rot90(1, (1, 2))


def _enlarged(patch: Tensor, side: int) -> Tensor:
    larger: Tensor = interpolate(patch[None].float(), (side, side), mode="bilinear")
    return larger[0]


def _faded(side: int) -> Tensor:
    """How opaque a patch is, (side, side) in (0, 1]: less towards its border."""
    inwards = torch.arange(1, side + 1)
    edge = (torch.minimum(inwards, inwards.flip(0)) / FADE).clamp(max=1)
    return edge[:, None] * edge
