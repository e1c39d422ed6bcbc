"""What training a forecast minimises."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from vadlit.models.losses import Features, mse


class ForecastLoss(nn.Module):
    """Mean squared error of the `layer2` features that are predicted for the next frame."""

    predicts = "forecast"

    def forward(
        self, forecast: Tensor, target: Tensor, encode: Callable[[Tensor], Features]
    ) -> dict[str, Tensor]:
        """The error, under "loss".

        Args:
            forecast: (B, 128, H / 8, W / 8).
            target: The next frame, (B, 3, H, W), ImageNet-normalised.
            encode: Images like it to features by tap.
        """
        with torch.no_grad():
            true = encode(target)["layer2"]
        return {"loss": mse(forecast.float(), true)}

    def measures(self, forecast: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Nothing is told of validation beside the loss."""
        return {}
