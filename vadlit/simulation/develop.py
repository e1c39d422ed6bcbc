"""The light of lamps, added up. Compiled."""

from vadlit.simulation.compiled import compiled_in_parallel, prange
from vadlit.simulation.kernel import Pixels
from vadlit.simulation.tile import AREA


@compiled_in_parallel
def develop(light: Pixels, power: Pixels, to: Pixels) -> None:
    """Add to t tiles the light of l lamps.

    Args:
        light: (t, l, 3, AREA) of each lamp at full power.
        power: (l,) of each lamp.
        to: (t, 3, AREA), where it is added.
    """
    for tile in prange(len(to)):
        for k in range(len(power)):
            for c in range(3):
                for p in range(AREA):
                    to[tile, c, p] += power[k] * light[tile, k, c, p]
