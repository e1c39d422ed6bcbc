import torch
from torch import Tensor

from vadlit.models.forecast_loss import ForecastLoss


def test_it_is_the_error_of_the_targets_features_and_trains_the_forecast_only() -> None:
    generator = torch.Generator().manual_seed(0)
    target = torch.rand(2, 3, 16, 24, generator=generator, requires_grad=True)
    forecast = torch.rand(2, 3, 2, 3, generator=generator, requires_grad=True)

    def encode(images: Tensor) -> dict[str, Tensor]:
        return {"layer2": torch.nn.functional.avg_pool2d(images, 8), "layer4": images}

    loss = ForecastLoss()(forecast, target, encode)
    error = forecast - torch.nn.functional.avg_pool2d(target, 8)
    torch.testing.assert_close(loss, {"loss": error.square().mean()})
    loss["loss"].backward()
    assert target.grad is None
    torch.testing.assert_close(forecast.grad, (2 * error / error.numel()).detach())
    assert ForecastLoss().measures(forecast, target) == {}
