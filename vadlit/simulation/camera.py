"""A telephone's camera: exposure, shaking, lens, noise."""

from io import BytesIO
from math import pi, sin

import numpy as np
import PIL.Image

from vadlit.simulation.render import MARGIN, Picture
from vadlit.simulation.sensor import Image, Pixels, expose

_STEPS = 4095
_NOISE = 1 << 20
_HOUR = 3600.0
# Of the noise per unit of light, and in the dark.
_VARIANCE = (1.2e-4, 1.2e-5)


class Camera:
    """Takes the frames of one event.

    Args:
        generator: Draws noise, shaking and drift.
        exposure: Light is multiplied by this; 1 shows a white sheet under full light white.
        drift: Largest slow change of the exposure, as a share.
        fade: Share of the light lost in the first hour, evenly, and in no later one.
        adapts: How far the camera makes up for a change of light, from 0 to 1; takes a second.
        vibration: Root mean square shift in pixels.
        softness: Blur of the lens, from 0 to 0.3: share of its light a pixel gives to each side.
        noise: Sensor noise; 1 is a telephone indoors.
        vignette: Loss of light in the corners, as a share.
        quality: Of the camera's own JPEG compression, from 1 to 100; 100 is none.
        rate: Frames a second.
    """

    def __init__(
        self,
        generator: np.random.Generator,
        *,
        exposure: float,
        drift: float,
        fade: float,
        adapts: float,
        vibration: float,
        softness: float,
        noise: float,
        vignette: float,
        quality: float,
        rate: float,
    ) -> None:
        self._generator = generator
        self._exposure, self._drift, self._fade, self._adapts = exposure, drift, fade, adapts
        self._vibration, self._softness, self._noise = vibration, softness, noise
        self._vignette, self._rate, self._quality = vignette, rate, round(quality)
        self._phases = generator.uniform(0, 2 * pi, 2)
        self._shift = np.zeros(2)
        self._bright: tuple[float, float] | None = None
        # Neighbouring pixels share some noise, as after a telephone's demosaicing.
        raw = generator.standard_normal(_NOISE + 2, np.float32)
        grains = 0.92 * raw[1:-1] + 0.28 * raw[:-2] + 0.28 * raw[2:]
        self._grains: Pixels = grains.astype(np.float32)
        self._curve = _curve()
        self._corners: Pixels | None = None

    def take(self, picture: Picture, time: float) -> Image:
        """The frame, uint8 RGB (H, W, 3), that a picture at a time in seconds leaves."""
        light = picture.light
        height, width = picture.seen.shape
        if self._corners is None:
            self._corners = _corners(height, width, self._vignette)
        self._shake()
        (top, taps_y), (left, taps_x) = (_taps(shift, self._softness) for shift in self._shift)
        gain = np.float32(self._gain(light, time)) * self._corners
        starts = self._generator.integers(0, _NOISE - 3 * width, height)
        amounts = (self._noise**2 * np.array(_VARIANCE)).astype(np.float32)
        image = np.empty((height, width, 3), np.uint8)
        expose(
            light, taps_y, taps_x, top, left, gain, self._grains, starts, amounts, self._curve,
            image,
        )  # fmt: skip
        return image if self._quality == 100 else _compressed(image, self._quality)

    def _gain(self, light: Pixels, time: float) -> float:
        now = float(light[:, ::8, ::8].mean()) + 1e-6
        first, held = self._bright or (now, now)
        held += (now - held) * min(1.0, 3.0 / self._rate)
        self._bright = first, held
        slow = sin(time / 17 + self._phases[0]) + 0.6 * sin(time / 5.1 + self._phases[1])
        made_up = float((first / held) ** self._adapts)
        left = 1 - self._fade * min(1.0, time / _HOUR)
        return self._exposure * left * made_up * (1 + self._drift * slow / 1.6)

    def _shake(self) -> None:
        """A shift that wanders and comes back, within the margin."""
        kick = self._generator.standard_normal(2) * self._vibration
        self._shift = np.clip(0.7 * self._shift + 0.71 * kick, 2 - MARGIN, MARGIN - 2.01)


def _compressed(image: Image, quality: int) -> Image:
    file = BytesIO()
    PIL.Image.fromarray(image).save(file, "jpeg", quality=quality)
    return np.array(PIL.Image.open(file))


def _corners(height: int, width: int, loss: float) -> Pixels:
    """Factor (H, W) that darkens towards the corners."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    return (1 - loss * ((x**2 + y**2) / 2) ** 1.5).astype(np.float32)


def _taps(shift: float, softness: float) -> tuple[int, Pixels]:
    """First row and four weights that shift by a fraction of a pixel and blur by the lens."""
    whole = int(np.floor(shift))
    part = shift - whole
    lens = np.array([softness, 1 - 2 * softness, softness])
    taps = np.convolve(lens, [1 - part, part])
    return MARGIN - 1 + whole, taps.astype(np.float32)


def _curve() -> Image:
    """8-bit values of light from 0 to 1: sRGB with a soft shoulder."""
    light = np.linspace(0, 1, _STEPS + 1)
    toned = light * (1 + 0.22 * (1 - light))
    shown = np.where(toned < 0.0031308, 12.92 * toned, 1.055 * toned ** (1 / 2.4) - 0.055)
    curve: Image = np.round(255 * np.clip(shown, 0, 1)).astype(np.uint8)
    return curve
