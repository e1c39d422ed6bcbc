"""Painted surfaces: print, wear, grain. All are uint8 RGBA (H, W, 4); alpha scales gloss."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Texture = npt.NDArray[np.uint8]
Paint = tuple[int, int, int]


def speckled(
    generator: np.random.Generator, size: tuple[int, int], color: Paint, amount: float
) -> Texture:
    """A plain surface with grain and blotches; tiles.

    Args:
        generator: Draws the grain.
        size: Height and width in texels.
        color: sRGB.
        amount: Deviation of the brightness as a share: 0.03 paint, 0.1 worn rubber.
    """
    fine = generator.standard_normal(size)
    coarse = smooth(generator.standard_normal(size), 12)
    grain = 1 + amount * (0.6 * fine + coarse)
    return _opaque(np.array(color) * grain[..., None], 255 * (1 - 2 * amount * np.abs(coarse)))


def wooden(generator: np.random.Generator, size: tuple[int, int], color: Paint) -> Texture:
    """A table top with grain along its width."""
    height, width = size
    rows = smooth(generator.standard_normal((height, 1)), 1.5)
    wander = smooth(generator.standard_normal((height, width)), 25)
    grain = 1 + 0.05 * rows + 0.06 * np.sin(6 * wander + np.arange(height)[:, None] / 5)
    grain += 0.02 * smooth(generator.standard_normal((height, width)), 1)
    return _opaque(np.array(color) * grain[..., None], np.full(size, 255.0))


def brushed(generator: np.random.Generator, size: tuple[int, int], color: Paint) -> Texture:
    """Metal with fine lines along its width."""
    height, width = size
    lines = smooth(generator.standard_normal((height, 1)), 0.7) + 0.3 * smooth(
        generator.standard_normal((height, width)), 3
    )
    return _opaque(np.array(color) * (1 + 0.06 * lines[..., None]), np.full(size, 255.0))


def worn(generator: np.random.Generator, texture: Texture, scratches: int, stains: int) -> Texture:
    """A surface with light scratches and dark stains on it."""
    height, width = texture.shape[:2]
    image = Image.fromarray(texture)
    layer = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(layer)
    for _ in range(stains):
        x, y = generator.uniform(0, width), generator.uniform(0, height)
        r = generator.uniform(0.01, 0.05) * height
        draw.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=(25, 22, 18, 70))
    layer = layer.filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(layer)
    for _ in range(scratches):
        x, y = generator.uniform(0, width), generator.uniform(0, height)
        dx, dy = generator.normal(0, 0.06 * width), generator.normal(0, 0.04 * height)
        draw.line((x, y, x + dx, y + dy), fill=(225, 225, 225, int(generator.uniform(25, 80))))
    mixed = Image.alpha_composite(image.convert("RGBA"), layer)
    result = np.array(mixed)
    result[..., 3] = texture[..., 3]
    return result


def printed(size: tuple[int, int], color: Paint) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A sheet to print on, at four times its size; `finished` takes it back."""
    image = Image.new("RGBA", (4 * size[1], 4 * size[0]), (*color, 200))
    return image, ImageDraw.Draw(image)


def finished(image: Image.Image) -> Texture:
    """What was printed, at its size."""
    return np.array(image.resize((image.width // 4, image.height // 4), Image.Resampling.BOX))


def letter(height: float) -> ImageFont.FreeTypeFont:
    """The font at a height in texels of the sheet."""
    font = ImageFont.load_default(height)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def smooth(noise: npt.NDArray[np.float64], width: float) -> npt.NDArray[np.float64]:
    """Periodic noise blurred by a Gaussian of a width in texels, scaled to deviation one."""
    y, x = (
        np.fft.fftfreq(n)[:, None] if k == 0 else np.fft.fftfreq(n)[None]
        for k, n in enumerate(noise.shape)
    )
    spectrum = np.fft.fft2(noise) * np.exp(-2 * (np.pi * width) ** 2 * (x**2 + y**2))
    blurred = np.real(np.fft.ifft2(spectrum))
    result: npt.NDArray[np.float64] = (blurred - blurred.mean()) / (blurred.std() + 1e-9)
    return result


def _opaque(color: npt.NDArray[np.float64], gloss: npt.NDArray[np.float64]) -> Texture:
    layers = np.concatenate([color, gloss[..., None]], 2)
    texture: Texture = np.clip(layers, 0, 255).astype(np.uint8)
    return texture
