"""From light to 8-bit frames: shift, lens, noise and tone curve. Compiled."""

import numpy as np
import numpy.typing as npt

from vadlit.simulation.compiled import compiled_in_parallel, prange

Pixels = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]


@compiled_in_parallel
def expose(
    light: Pixels, taps_y: Pixels, taps_x: Pixels, top: int, left: int, gain: Pixels,
    noise: Pixels, starts: npt.NDArray[np.int64], amounts: Pixels, curve: Image,
    out: Image,
) -> None:  # fmt: skip
    """Filter `light` with four taps down and across, scale, add noise, and look up the curve.

    Args:
        light: (3, H', W') linear, a plane for each colour.
        taps_y: (4,) weights of rows `top + y` to `top + y + 3`.
        taps_x: (4,) likewise across.
        top: First row.
        left: First pixel across.
        gain: (H, W) factor of each pixel.
        noise: Normal numbers of deviation one, read from `starts` (H,) on, row by row, one colour
            after the other.
        starts: See there.
        amounts: (2,) variance of the noise per unit of light, and in the dark.
        curve: 8-bit value of light from 0 to 1 in equal steps.
        out: uint8 (H, W, 3).
    """
    height, width = gain.shape
    steps = np.float32(len(curve) - 1)
    zero, half = np.float32(0.0), np.float32(0.5)
    for y in prange(height):
        down, values = np.empty(width + 3, np.float32), np.empty(width, np.float32)
        for c in range(3):
            rows = light[c, top + y : top + y + 4, left : left + width + 3]
            for x in range(width + 3):
                down[x] = (
                    taps_y[0] * rows[0, x]
                    + taps_y[1] * rows[1, x]
                    + taps_y[2] * rows[2, x]
                    + taps_y[3] * rows[3, x]
                )
            grain = noise[starts[y] + c * width : starts[y] + (c + 1) * width]
            for x in range(width):
                value = gain[y, x] * (
                    taps_x[0] * down[x]
                    + taps_x[1] * down[x + 1]
                    + taps_x[2] * down[x + 2]
                    + taps_x[3] * down[x + 3]
                )
                value += np.sqrt(amounts[0] * max(value, zero) + amounts[1]) * grain[x]
                values[x] = min(max(value * steps + half, zero), steps)
            for x in range(width):
                out[y, x, c] = curve[int(values[x])]
