"""A camera that was nudged, and a change of light and colour."""

import torch
from kornia.enhance import adjust_saturation_with_gray_subtraction
from kornia.geometry.transform import get_affine_matrix2d, warp_affine
from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.augmentation.draw import either_way
from vadlit.models.augmentation.lighting import Lighting


class General(nn.Module):
    """Rotation, shift, brightness and saturation; thesis section 3.2.2.

    Each change is drawn by itself, uniformly from minus to plus its range.

    Args:
        rotation: Degrees about the centre of the frame, in [0, 180].
        translation: Pixels, horizontally and vertically, in [0, 100].
        brightness: Change of the gain, in [0, 1].
        saturation: Change of the distance from grey, in [0, 1].

    Raises:
        UserError: A range is out of bounds.
    """

    def __init__(
        self,
        rotation: float = 5.0,
        translation: float = 2.0,
        brightness: float = 0.1,
        saturation: float = 0.1,
    ) -> None:
        super().__init__()
        self.rotation = within("The augmentation's rotation", rotation, 180)
        self.translation = within("The augmentation's translation", translation, 100)
        self.saturation = within("The augmentation's saturation", saturation, 1)
        self.lighting = Lighting(brightness)

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        angle = either_way(sequences, self.rotation)
        shift = torch.stack([either_way(sequences, self.translation) for _ in "xy"], dim=1)
        moved = _move(sequences, angle, shift)
        factor = 1 + either_way(sequences, self.saturation)
        lit: Tensor = self.lighting(adjust_saturation_with_gray_subtraction(moved, factor))
        return lit


def _move(sequences: Tensor, angle: Tensor, shift: Tensor) -> Tensor:
    """Rotate by `angle` (B,) in degrees, then shift by (B, 2) pixels, in one interpolation.

    What comes in from outside the frame mirrors it: black wedges would be sharp edges that no
    camera sees, and edges drawn out to streaks a texture that no camera sees.
    """
    batch, _, _, height, width = sequences.shape
    middle = sequences.new_tensor([(width - 1) / 2, (height - 1) / 2]).expand(batch, 2)
    matrix = get_affine_matrix2d(shift, middle, torch.ones_like(middle), angle)[:, :2]
    # Frames as channels: the sampling grid is worked out once for a sequence.
    moved = warp_affine(sequences.flatten(1, 2), matrix, (height, width), padding_mode="reflection")
    return moved.view_as(sequences)
