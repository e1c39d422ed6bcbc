"""What moves along its own surface: only its texture is seen to move. Compiled."""

from vadlit.simulation.compiled import compiled
from vadlit.simulation.kernel import Pixels, Scene
from vadlit.simulation.light import look, reflected
from vadlit.simulation.rays import surface
from vadlit.simulation.scene import Floats
from vadlit.simulation.still import Still
from vadlit.simulation.tables import FILL, STRENGTH
from vadlit.simulation.tile import AREA


@compiled
def lay_belt(
    scene: Scene, belt: Floats, still: Still, bare: Pixels, answers: Pixels, light: Pixels,
    tile: int, looks: Pixels,
) -> None:  # fmt: skip
    """Add the belt's light to a tile.

    Args:
        scene: Its lamps and textures.
        belt: The belt's row in a table of solids.
        still: Where it is seen.
        bare: (t, l, 3, AREA) light of each lamp at full power from all else.
        answers: (t, l + 1, 2, AREA) of the belt, as far as it shows and is lit.
        light: (t, l, 3, AREA), filled with all the light.
        tile: Number of the tile.
        looks: (5, AREA), zero: room for its colours, gloss and metal.
    """
    if still.belted[tile]:
        find_looks(scene, belt, still, tile, looks)
    count = len(scene.lamps)
    for k in range(count):
        for c in range(3):
            lamp, fill = scene.lamps[k, STRENGTH + c], scene.lamps[k, FILL + c]
            for p in range(AREA):
                light[tile, k, c, p] = bare[tile, k, c, p]
            if still.belted[tile]:
                for p in range(AREA):
                    scattered = lamp * answers[tile, k, 0, p] + fill * answers[tile, count, 0, p]
                    shine = lamp * answers[tile, k, 1, p] + fill * answers[tile, count, 1, p]
                    light[tile, k, c, p] += reflected(
                        looks[c, p], looks[3, p], looks[4, p], scattered, shine
                    )


@compiled
def find_looks(scene: Scene, belt: Floats, still: Still, tile: int, looks: Pixels) -> None:
    """Note the belt's colours, gloss and metal where it is seen."""
    for p in range(AREA):
        face = still.face[tile, p]
        if face >= 0:
            point = (still.point[tile, p, 0], still.point[tile, p, 1], still.point[tile, p, 2])
            _, u, v = surface(belt, scene.faces, 0, face, point, (0.0, 0.0, 1.0))
            color, gloss, _, metal = look(scene.faces, scene.materials, scene.texels, face, u, v)
            looks[0, p], looks[1, p], looks[2, p] = color
            looks[3, p], looks[4, p] = gloss, metal
