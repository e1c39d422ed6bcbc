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
        light: (H', 3 W') linear; the three colours of a pixel lie side by side here and below.
        taps_y: (4,) weights of rows `top + y` to `top + y + 3`.
        taps_x: (4,) likewise across.
        top: First row.
        left: First pixel across.
        gain: (H, 3 W) factor of each value.
        noise: Normal numbers of deviation one, read from `starts` (H,) on, row by row.
        starts: See there.
        amounts: (2,) variance of the noise per unit of light, and in the dark.
        curve: 8-bit value of light from 0 to 1 in equal steps.
        out: uint8 (H, 3 W).
    """
    height, values = out.shape
    steps = np.float32(len(curve) - 1)
    zero, half = np.float32(0.0), np.float32(0.5)
    for y in prange(height):
        down = np.empty(values + 9, np.float32)
        for x in range(values + 9):
            down[x] = (
                taps_y[0] * light[top + y, 3 * left + x]
                + taps_y[1] * light[top + y + 1, 3 * left + x]
                + taps_y[2] * light[top + y + 2, 3 * left + x]
                + taps_y[3] * light[top + y + 3, 3 * left + x]
            )
        place = starts[y]
        for x in range(values):
            value = gain[y, x] * (
                taps_x[0] * down[x]
                + taps_x[1] * down[x + 3]
                + taps_x[2] * down[x + 6]
                + taps_x[3] * down[x + 9]
            )
            value += np.sqrt(amounts[0] * max(value, zero) + amounts[1]) * noise[place + x]
            down[x] = min(max(value * steps + half, zero), steps)
        for x in range(values):
            out[y, x] = curve[int(down[x])]
