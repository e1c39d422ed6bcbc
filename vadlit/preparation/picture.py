"""The ROI drawn on a frame, beside what a model will see."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from vadlit.data.whole import whole_or_nothing
from vadlit.evaluation.figures import DOTS_PER_INCH, SMALL_TEXT, TEXT, WIDTH_INCHES
from vadlit.preparation.frames import Image, cut
from vadlit.video.roi import Roi

ORANGE = "#E69F00"


def roi_figure(name: str, frame: Image, roi: Roi, size: tuple[int, int]) -> Figure:
    """A frame with its ROI, what is left out darkened, and the frame that is made of it.

    Args:
        name: Of the footage.
        frame: uint8 RGB (H, W, 3).
        roi: Pixels of the frame.
        size: Height and width of what is made of it, pixels.
    """
    height, width = frame.shape[:2]
    ratios = (width / height, size[1] / size[0])
    inches = min((WIDTH_INCHES - 0.6) / sum(ratios), 5.0) + 0.75
    figure = Figure((WIDTH_INCHES, inches), DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    whole, made = figure.subplots(1, 2, width_ratios=ratios)
    whole.imshow(frame)
    whole.add_patch(_outside(roi, width, height))
    corner = (roi.x - 0.5, roi.y - 0.5)
    for colour, line in (("black", 3.2), (ORANGE, 1.6)):
        box = Rectangle(corner, roi.width, roi.height, fill=False, ec=colour, lw=line)
        box.set_clip_on(False)
        whole.add_patch(box)
    whole.set_title(f"roi={roi} of {width}x{height}", fontsize=TEXT)
    made.imshow(cut(frame, roi, size))
    made.set_title(f"as trained, {size[1]}x{size[0]}", fontsize=TEXT)
    for axis in (whole, made):
        axis.tick_params(labelsize=SMALL_TEXT)
    made.set_xticks([])
    made.set_yticks([])
    figure.suptitle(name, fontsize=TEXT + 1)
    return figure


def save(figure: Figure, file: Path) -> None:
    """Write a picture that appears whole."""
    with whole_or_nothing(file) as part:
        figure.savefig(part, format="png")


def _outside(roi: Roi, width: int, height: int) -> PathPatch:
    """All of the picture but the ROI: one outline with a hole, wound the other way."""
    frame = _corners(0, 0, width, height)
    hole = _corners(roi.x, roi.y, roi.width, roi.height)[::-1]
    codes = [Outline.MOVETO, *[Outline.LINETO] * 3, Outline.CLOSEPOLY] * 2
    return PathPatch(Outline([*frame, *hole], codes), fc="black", alpha=0.5, lw=0)


def _corners(x: int, y: int, width: int, height: int) -> list[tuple[float, float]]:
    left, top, right, bottom = x - 0.5, y - 0.5, x + width - 0.5, y + height - 0.5
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
