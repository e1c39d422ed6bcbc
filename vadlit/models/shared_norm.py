"""Batch norm over a batch that several processes share."""

from typing import Any

import torch
from torch import Tensor, distributed, nn

from vadlit.processes import world


class SharedBatchNorm2d(nn.BatchNorm2d):
    """Batch norm that trains on the moments of all processes' shares of a batch.

    So it makes no difference how many there are. torch's SyncBatchNorm does the same on GPUs
    alone. All shares are of one size, and statistics are averaged with a momentum.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (B, C, H, W)."""
        if not self.training or world() == 1:
            return super().forward(x)
        mean = _mean_of_all(x.mean((0, 2, 3)))
        centred = x - mean[:, None, None]
        variance = _mean_of_all(centred.square().mean((0, 2, 3)))
        self._remember(mean.detach(), variance.detach(), world() * x.numel() // x.shape[1])
        scale = self.weight * (variance + self.eps).rsqrt()
        return centred * scale[:, None, None] + self.bias[:, None, None]

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)


class _Sum(torch.autograd.Function):
    """The sum over all processes; of its gradient, too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        total = gradient.clone()
        distributed.all_reduce(total)
        return total


def _mean_of_all(x: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(x)
    return total / world()
