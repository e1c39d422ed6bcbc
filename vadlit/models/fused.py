"""MSE, gradient L1 and SSIM of a batch with their gradient, in one pass over memory, on a CPU.

Channel by channel of an image, so that all maps of one fit the cache; images are shared by the
threads. `losses` has the same for any device, and is what this is tested against.

H and W are an image's size, h and w that of its map of similarities, smaller by 10.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vadlit.compiling import compiled
from vadlit.models.normalisation import MEAN, STD

Map = NDArray[np.float32]

_WINDOW, _SIGMA = 11, 1.5
_weights = np.exp(-0.5 * ((np.arange(_WINDOW) - _WINDOW // 2) / _SIGMA) ** 2)
_W0, _W1, _W2, _W3, _W4, _W5 = (_weights / _weights.sum()).astype(np.float32)[:6]
_C1, _C2 = np.float32(0.01**2), np.float32(0.03**2)
_ONE, _TWO = np.float32(1), np.float32(2)

_compiled = partial(compiled, nogil=True)


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, prediction: Tensor, target: Tensor, weights: tuple[float, ...]
    ) -> tuple[Tensor, Tensor]:
        slope = torch.empty_like(prediction)
        images = (x.permute(0, 2, 3, 1).numpy() for x in (prediction.detach(), target, slope))
        work = partial(_image, np.array(weights) / len(prediction))
        with ThreadPoolExecutor(torch.get_num_threads()) as threads:
            values = torch.tensor(list(threads.map(work, *images))).mean(dim=0)
        ctx.save_for_backward(slope)
        ctx.mark_non_differentiable(values)
        return (values * torch.tensor(weights)).sum(), values

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return slope * grad, None, None


def fused(
    prediction: Tensor, target: Tensor, weights: Mapping[str, float]
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum of mean squared error, gradient L1 and 1 - SSIM, and these by name.

    Args:
        prediction: float32 (B, 3, H, W), ImageNet-normalised, on the CPU.
        target: the same.
        weights: Of `mse`, `gradient` and `ssim`.

    Returns:
        The sum, which alone has a gradient, by `prediction`; and the terms.
    """
    terms = ("mse", "gradient", "ssim")
    total, values = _Fused.apply(prediction, target, tuple(weights[term] for term in terms))
    return total, dict(zip(terms, values, strict=True))


@_compiled
def _across(row: Map, blurred: Map) -> None:
    """The window's weighted mean along a row: (n,) to (n - 10,)."""
    for j in range(len(blurred)):
        blurred[j] = (
            _W0 * (row[j] + row[j + 10])
            + _W1 * (row[j + 1] + row[j + 9])
            + _W2 * (row[j + 2] + row[j + 8])
            + _W3 * (row[j + 3] + row[j + 7])
            + _W4 * (row[j + 4] + row[j + 6])
            + _W5 * row[j + 5]
        )


@_compiled
def _down(ring: Map, kind: int, first: int, blurred: Map) -> None:
    """The window's weighted mean down the rows of a kind: (11, kinds, n) to (n,).

    A ring holds the last eleven rows of an image, row i at i % 11; the mean is from row `first` on.
    """
    a, b = ring[first % 11, kind], ring[(first + 1) % 11, kind]
    c, d = ring[(first + 2) % 11, kind], ring[(first + 3) % 11, kind]
    e, f = ring[(first + 4) % 11, kind], ring[(first + 5) % 11, kind]
    g, h = ring[(first + 6) % 11, kind], ring[(first + 7) % 11, kind]
    i, k = ring[(first + 8) % 11, kind], ring[(first + 9) % 11, kind]
    m = ring[(first + 10) % 11, kind]
    for j in range(len(blurred)):
        blurred[j] = (
            _W0 * (a[j] + m[j])
            + _W1 * (b[j] + k[j])
            + _W2 * (c[j] + i[j])
            + _W3 * (d[j] + h[j])
            + _W4 * (e[j] + g[j])
            + _W5 * f[j]
        )


@_compiled
def _blur_across(x: Map, y: Map, squares: Map, products: Map, blurred: Map) -> None:
    """A row of x, y, x^2 + y^2 and x y (W,), blurred: (4, w)."""
    for j in range(len(x)):
        squares[j] = x[j] * x[j] + y[j] * y[j]
        products[j] = x[j] * y[j]
    _across(x, blurred[0])
    _across(y, blurred[1])
    _across(squares, blurred[2])
    _across(products, blurred[3])


@_compiled
def _compare(mx: Map, my: Map, squares: Map, products: Map) -> np.float32:
    """The sum of a row's similarities; of x, y, x^2 + y^2 and x y, blurred, (w,).

    The first three become the derivatives by the blurred x, x y and x^2 + y^2, halved, the last
    with its sign turned, as in `losses`. In place: with more arrays it would not be vectorised.
    """
    total = np.float32(0)
    for j in range(len(mx)):
        x, y = mx[j], my[j]
        means, squared_means = x * y, x * x + y * y
        by_means = _ONE / (squared_means + _C1)
        by_variances = _ONE / (squares[j] - squared_means + _C2)
        luminance = (_TWO * means + _C1) * by_means
        contrast = (_TWO * (products[j] - means) + _C2) * by_variances
        similarity = luminance * contrast
        total += similarity
        by_product = luminance * by_variances
        by_squares = by_product * contrast
        mx[j] = (contrast * by_means - by_product) * y + (by_squares - similarity * by_means) * x
        my[j] = by_product
        squares[j] = by_squares
    return total


@_compiled
def _ssim(x: Map, y: Map, scale: np.float32, slope: Map) -> float:
    """Structural similarity of two planes (H, W); `scale` times its sum's gradient by x in slope.

    In one pass: each row is blurred along itself; what eleven of such rows are down their columns
    is compared; what that makes of the gradient is blurred back in the same way.
    """
    height: int = x.shape[0]
    width: int = x.shape[1]
    ahead = np.empty((11, 4, width - 10), np.float32)
    back = np.empty((11, 3, width), np.float32)
    rows = np.empty((4, width), np.float32)
    padded = np.zeros((4, width + 10), np.float32)
    total = 0.0
    for i in range(height + 10):
        if i < height:
            _blur_across(x[i], y[i], rows[0], rows[1], ahead[i % 11])
        if 10 <= i < height:
            for k in range(4):
                _down(ahead, k, i - 10, padded[k, 10:-10])
            # Taken apart by unpacking, they would not be known to be contiguous.
            total += float(
                _compare(padded[0, 10:-10], padded[1, 10:-10], padded[2, 10:-10], padded[3, 10:-10])
            )
            for k in range(3):
                _across(padded[k], back[i % 11, k])
        else:
            back[i % 11] = 0
        if i >= 10:
            for k in range(3):
                _down(back, k, i - 10, rows[k])
            _combine(scale, rows[0], rows[1], rows[2], x[i - 10], y[i - 10], slope[i - 10])
    return total / ((height - 10) * (width - 10))


@_compiled
def _combine(
    scale: np.float32, by_x: Map, by_product: Map, by_squares: Map, x: Map, y: Map, slope: Map
) -> None:
    for j in range(len(x)):
        slope[j] = scale * (by_x[j] + by_product[j] * y[j] - by_squares[j] * x[j])


@_compiled
def _load(normalised: Map, channel: int, pixels: Map) -> None:
    """A channel of an image (H, W, 3) as pixels (H, W)."""
    mean, std = np.float32(MEAN[channel]), np.float32(STD[channel])
    for i in range(len(pixels)):
        for j in range(pixels.shape[1]):
            pixels[i, j] = normalised[i, j, channel] * std + mean


@_compiled
def _errors(prediction: Map, target: Map, channel: int, errors: Map) -> None:
    """The difference of a channel (H, W), its edges repeated around it (H + 2, W + 2)."""
    height, width, _ = prediction.shape
    for i in range(height):
        for j in range(width):
            errors[i + 1, j + 1] = prediction[i, j, channel] - target[i, j, channel]
        errors[i + 1, 0], errors[i + 1, width + 1] = errors[i + 1, 1], errors[i + 1, width]
    errors[0], errors[height + 1] = errors[1], errors[height]


@_compiled
def _add_pixelwise(
    errors: Map, square: np.float32, across: np.float32, down: np.float32, slope: Map
) -> tuple[float, float, float]:
    """Sums of squares and of the steps across and down, and their weighted gradient added."""
    height, width = slope.shape
    squares, right, below = 0.0, 0.0, 0.0
    for i in range(1, height + 1):
        above, row, under, out = errors[i - 1], errors[i], errors[i + 1], slope[i - 1]
        a, b, c = np.float32(0), np.float32(0), np.float32(0)
        for j in range(1, width + 1):
            error = row[j]
            from_left, to_right = error - row[j - 1], row[j + 1] - error
            from_above, to_below = error - above[j], under[j] - error
            a += error * error
            b += abs(to_right)
            c += abs(to_below)
            out[j - 1] += (
                square * error
                + across * (np.sign(from_left) - np.sign(to_right))
                + down * (np.sign(from_above) - np.sign(to_below))
            )
        squares, right, below = squares + float(a), right + float(b), below + float(c)
    return squares, right, below


@_compiled
def _image(
    weights: NDArray[np.float64], prediction: Map, target: Map, slope: Map
) -> tuple[float, float, float]:
    """Terms of an image (H, W, 3), and the gradient of their weighted sum into `slope`."""
    height, width, channels = prediction.shape
    x = np.empty((height, width), np.float32)
    y = np.empty((height, width), np.float32)
    total = np.empty((height, width), np.float32)
    errors = np.empty((height + 2, width + 2), np.float32)
    pixels = channels * height * width
    steps_across, steps_down = channels * height * (width - 1), channels * (height - 1) * width
    of_similarity = -2 * weights[2] / (channels * (height - 10) * (width - 10))
    squares, gradient, similarity = 0.0, 0.0, 0.0
    for channel in range(channels):
        _load(prediction, channel, x)
        _load(target, channel, y)
        similarity += _ssim(x, y, np.float32(of_similarity * STD[channel]), total)
        _errors(prediction, target, channel, errors)
        square, right, below = _add_pixelwise(
            errors,
            np.float32(2 * weights[0] / pixels),
            np.float32(weights[1] / steps_across),
            np.float32(weights[1] / steps_down),
            total,
        )
        squares += square
        gradient += right / steps_across + below / steps_down
        for i in range(height):
            for j in range(width):
                slope[i, j, channel] = total[i, j]
    return squares / pixels, gradient, 1 - similarity / channels
