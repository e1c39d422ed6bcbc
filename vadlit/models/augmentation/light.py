"""All that the light can do."""

from torch import Tensor, nn


class Light(nn.Module):
    """Some augmentations, one after the other in the order given.

    Args:
        parts: Augmentations by name; None leaves one out.
    """

    def __init__(self, **parts: nn.Module | None) -> None:
        super().__init__()
        self.parts = nn.Sequential(*(part for part in parts.values() if part is not None))

    def forward(self, sequences: Tensor) -> Tensor:
        """Change sequences (B, T, 3, H, W) in [0, 1], whose frames stay in [0, 1]."""
        changed: Tensor = self.parts(sequences)
        return changed
