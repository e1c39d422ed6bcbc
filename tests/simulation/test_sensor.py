"""The sensor against a loop over pixels."""

import numpy as np

from vadlit.simulation.sensor import expose


def test_light_becomes_values_as_in_a_plain_loop() -> None:
    generator = np.random.default_rng(0)
    height, width, top, left = 5, 6, 2, 1
    light = generator.uniform(0, 0.9, (3, 12, 13)).astype(np.float32)
    taps_y = np.array([0.1, 0.5, 0.3, 0.1], np.float32)
    taps_x = np.array([0.05, 0.25, 0.6, 0.1], np.float32)
    gain = generator.uniform(0.8, 1.2, (height, width)).astype(np.float32)
    noise = generator.standard_normal(200).astype(np.float32)
    starts = generator.integers(0, 150, height)
    amounts = np.array([1e-3, 1e-4], np.float32)
    curve = np.linspace(0, 255, 1024).astype(np.uint8)
    image = np.empty((height, width, 3), np.uint8)
    expose(light, taps_y, taps_x, top, left, gain, noise, starts, amounts, curve, image)
    for y in range(height):
        for x in range(width):
            for c in range(3):
                value = sum(
                    float(taps_y[i] * taps_x[j] * light[c, top + y + i, left + x + j])
                    for i in range(4)
                    for j in range(4)
                ) * float(gain[y, x])
                grain = float(noise[starts[y] + width * c + x])
                value += np.sqrt(1e-3 * value + 1e-4) * grain
                places = (min(max(value * 1023 + s, 0.0), 1023.0) for s in (0.49, 0.5, 0.51))
                # At a step of the curve rounding may go either way.
                assert image[y, x, c] in [curve[int(place)] for place in places]
