"""The picture is drawn in square tiles; what is known of one while it is drawn."""

from typing import NamedTuple

from vadlit.simulation.kernel import Pixels
from vadlit.simulation.scene import Floats
from vadlit.simulation.tables import Ints

# Pixels a side, without and with the border that lets edges be seen from both sides; pixels in all;
# and every other pixel a side.
TILE = 16
WIDE = TILE + 2
AREA = TILE * TILE
GRID = TILE // 2 + 1


class Notes(NamedTuple):
    """Of a tile, with l lamps."""

    # (l + 2, solids) numbers of solids: those near each lamp's beams, those nearby, those in sight.
    near: Ints
    # (l + 1, 2) how many of the first rows, and of each the moving ones, which come first.
    found: Ints
    seen: Ints  # (3, WIDE, WIDE) solid, face, and a number by which edges show
    depth: Floats  # (WIDE, WIDE) distance of that solid
    # (l + 1, GRID, GRID) what moving things leave of each lamp's and the room's
    # light at every other pixel of the still picture, and (l + 1, AREA) interpolated at all.
    grid: Floats
    left: Pixels
    # (AREA / 4, l + 2) what changes slowly on a moving thing is found once for up to four pixels:
    # the share left of each lamp and of the room, and the solid that it is for.
    soft: Floats
    answers: Floats  # (l + 1, 2) see `answer`
    light: Floats  # (2, l, 3) of each lamp at full power: a pixel's, and that of one of its rays
