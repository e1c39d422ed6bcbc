"""What training minimises: four errors of the predicted frame and their weighted sum."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from vadlit.errors import UserError
from vadlit.models.fused import fused
from vadlit.models.normalisation import denormalise
from vadlit.scoring.psnr import psnr

Features = dict[str, Tensor]

_WINDOW, _SIGMA = 11, 1.5


def mse(prediction: Tensor, target: Tensor) -> Tensor:
    """Mean squared error, thesis equation 2.4: two tensors of one shape to a scalar."""
    return functional.mse_loss(prediction, target)


def gradient_l1(prediction: Tensor, target: Tensor) -> Tensor:
    """L1 distance of the spatial gradients, thesis equation 2.6: (..., H, W) twice to a scalar.

    Forward differences, averaged over the positions where they exist, summed over the two
    directions. Only `prediction` receives a gradient.
    """
    value: Tensor = _GradientL1.apply(prediction, target)
    return value


def ssim(prediction: Tensor, target: Tensor, data_range: float = 1.0) -> Tensor:
    """Structural similarity, 1 for equal images: (B, C, H, W) twice to a scalar.

    Gaussian window of 11x11 (the least H and W) and sigma 1.5, averaged over the positions where it
    fits, over channels and over the batch. Only `prediction` receives a gradient.

    Wang, Bovik, Sheikh, Simoncelli: Image quality assessment: from error visibility to structural
    similarity. IEEE Transactions on Image Processing 2004; thesis equation 2.5.
    """
    value: Tensor = _Ssim.apply(prediction, target, data_range)
    return value


def perceptual(features: Features, target_features: Features) -> Tensor:
    """Mean over the taps of the mean squared error of encoder features, thesis section 2.2.3.1."""
    return torch.stack([mse(features[tap], target_features[tap]) for tap in features]).mean()


def dissimilarity(prediction: Tensor, target: Tensor) -> Tensor:
    """1 - SSIM of normalised images, in pixels: its constants are made for a range of 1."""
    return 1 - ssim(denormalise(prediction), denormalise(target))


PIXELWISE = {"mse": mse, "gradient": gradient_l1, "ssim": dissimilarity}


class _GradientL1(torch.autograd.Function):
    """Takes the gradient on the way: autograd through the differences takes twice as long."""

    @staticmethod
    def forward(ctx: Any, prediction: Tensor, target: Tensor) -> Tensor:
        error = prediction - target
        total, slope = error.new_zeros(()), torch.zeros_like(error)
        for dim in (-1, -2):
            step = error.diff(dim=dim)
            total += step.abs().mean()
            sign, share, size = step.sign_(), 1 / step.numel(), step.shape[dim]
            slope.narrow(dim, 1, size).add_(sign, alpha=share)
            slope.narrow(dim, 0, size).sub_(sign, alpha=share)
        ctx.save_for_backward(slope)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (slope,) = ctx.saved_tensors
        return slope * grad, None


def _blur(x: Tensor, padding: int = 0) -> Tensor:
    """The window's weighted mean at every position; padded by 10, the adjoint of that operation."""
    channels = x.shape[1]
    offset = torch.arange(_WINDOW, dtype=x.dtype, device=x.device) - _WINDOW // 2
    window = torch.softmax(-0.5 * (offset / _SIGMA) ** 2, dim=0)
    row = window.view(1, 1, 1, -1).expand(channels, 1, 1, -1)
    # Variances are small differences of blurred squares: half precision or TF32 would drown them.
    with torch.autocast(x.device.type, enabled=False), torch.backends.cudnn.flags(enabled=False):
        x = functional.conv2d(x, row, padding=(0, padding), groups=channels)
        return functional.conv2d(x, row.mT, padding=(padding, 0), groups=channels)


class _Ssim(torch.autograd.Function):
    """SSIM with its gradient written out, which halves the time and memory of a training step.

    S = luminance * contrast, luminance = (2 mx my + c1) / (mx^2 + my^2 + c1),
    contrast = (2 cov + c2) / (vx + vy + c2). S depends on x through three blurred images, mx = G x,
    G (x^2 + y^2) and G (x y), so dS/dx is three blurs with the adjoint of G.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, data_range: float) -> Tensor:
        c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
        mx, my = _blur(x), _blur(y)
        mxy, mxx_yy = mx * my, (mx * mx).addcmul_(my, my)
        covariance = _blur(x * y).sub_(mxy)
        variances = _blur((x * x).addcmul_(y, y)).sub_(mxx_yy).add_(c2)
        squares = mxx_yy.add_(c1)
        luminance = mxy.mul_(2).add_(c1).div_(squares)
        contrast = covariance.mul_(2).add_(c2).div_(variances)
        similarity = luminance * contrast
        if ctx.needs_input_grad[0]:
            # Half of dS by G (x y), by G (x^2 + y^2) with its sign turned, and by mx.
            by_product = luminance / variances
            by_squares = by_product * contrast
            by_mean = contrast.div_(squares).sub_(by_product).mul_(my)
            by_mean.addcmul_(mx, by_squares - similarity / squares)
            half = _blur(by_mean, _WINDOW - 1).addcmul_(y, _blur(by_product, _WINDOW - 1))
            half.addcmul_(x, _blur(by_squares, _WINDOW - 1), value=-1)
            ctx.save_for_backward(half.mul_(2 / similarity.numel()))
        return similarity.mean()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * grad, None, None


class PredictionLoss(nn.Module):
    """Weighted sum of the terms, thesis equation 3.1 and table 3.1; a term of weight 0 is left out.

    Raises:
        UserError: A weight is no number of 0 or more, or all are 0.
    """

    predicts = "prediction"

    def __init__(
        self,
        mse: float = 0.6,
        gradient: float = 0.25,
        ssim: float = 0.15,
        perceptual: float = 0.0,
    ) -> None:
        super().__init__()
        self.weights = {"mse": mse, "gradient": gradient, "ssim": ssim, "perceptual": perceptual}
        for term, weight in self.weights.items():
            if not isinstance(weight, int | float) or not 0 <= weight < math.inf:
                raise UserError(f"The loss weight {term} is {weight!r}; it must be 0 or more.")
        if not any(self.weights.values()):
            raise UserError("Every loss weight is 0; at least one must be positive.")

    def forward(
        self, prediction: Tensor, target: Tensor, encode: Callable[[Tensor], Features]
    ) -> dict[str, Tensor]:
        """Every term unweighted, and their weighted sum under "loss".

        Args:
            prediction: (B, 3, H, W), ImageNet-normalised.
            target: the same; it receives no gradient.
            encode: images like these to features by tap; called for the perceptual term only.
        """
        # Single precision for the small differences of SSIM, channels last for its blurs (x 4).
        prediction, target = (
            image.float().contiguous(memory_format=torch.channels_last)
            for image in (prediction, target)
        )
        total, terms = self._of_pixels(prediction, target)
        if self.weights["perceptual"]:
            with torch.no_grad():
                target_features = encode(target)
            terms["perceptual"] = perceptual(encode(prediction), target_features)
            total = total + self.weights["perceptual"] * terms["perceptual"]
        return terms | {"loss": total}

    def measures(self, prediction: Tensor, target: Tensor) -> dict[str, Tensor]:
        """What is told of validation beside the loss: the PSNR, decibels; arguments as above."""
        pixels = denormalise(prediction).clamp(0, 1)
        return {"psnr": psnr(pixels, denormalise(target)).mean()}

    def _of_pixels(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Features]:
        """The weighted sum of all terms but the perceptual one, and those of them that count."""
        wanted = [term for term in PIXELWISE if self.weights[term]]
        if prediction.is_cpu and wanted:
            total, terms = fused(prediction, target, self.weights)
            return total, {term: terms[term] for term in wanted}
        terms = {term: PIXELWISE[term](prediction, target) for term in wanted}
        weighted = [self.weights[term] * value for term, value in terms.items()]
        return sum(weighted, prediction.new_zeros(())), terms
