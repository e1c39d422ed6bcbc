"""The dropout variant (thesis 3.3.1.1)."""

from torch import Tensor, nn

from vadlit.checks import within
from vadlit.models.decoders.base import BaseDecoder


class DropoutDecoder(BaseDecoder):
    """`BaseDecoder` with 20 % dropout before the first block and 10 % before the second.

    Args:
        before_first: Share of features dropped before the first block, in [0, 1].
        before_second: Share dropped between the first and the second block, in [0, 1].

    Raises:
        UserError: A share is out of bounds.
    """

    def __init__(self, before_first: float = 0.2, before_second: float = 0.1) -> None:
        super().__init__()
        self.drop1 = nn.Dropout(within("The dropout before_first", before_first, 1))
        self.drop2 = nn.Dropout(within("The dropout before_second", before_second, 1))

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Predict the next frame; shapes as for `BaseDecoder`."""
        x = self.block1(self.drop1(self.merge(features["layer4"])))
        x = self.block4(self.block3(self.block2(self.drop2(x))))
        prediction: Tensor = self.head(x)
        return prediction
