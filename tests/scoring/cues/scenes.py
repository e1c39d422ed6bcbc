"""Views of a drawn scene: a grey floor on which a thing lies, and features that tell its colour."""

import torch
from torch import Tensor

from vadlit.scoring.cells import cell_means
from vadlit.scoring.view import View

SIZE = (64, 96)


def frame(left: int, color: tuple[float, float, float]) -> Tensor:
    """A floor of 0.5 with a thing of 16 x 16 pixels, (3, H, W)."""
    picture = torch.full((3, *SIZE), 0.5)
    picture[:, 24:40, left : left + 16] = torch.tensor(color)[:, None, None]
    return picture


def view(left: int, color: tuple[float, float, float]) -> View:
    """The thing stands still; its cells' features are its colour."""
    picture = frame(left, color)
    features = torch.stack([cell_means(channel) for channel in picture])
    return View(picture.expand(5, -1, -1, -1), features={"layer2": features})


RED, BLUE = (0.9, 0.1, 0.1), (0.1, 0.1, 0.9)
