"""What happens to pictures on their way into collections: margins, frames, copies, details."""

import numpy as np
from PIL import Image, ImageEnhance

from artnb.synthetic.collection.epochs import code_colour
from artnb.synthetic.landscapes.noise import noise_tile, sample_nearest

_MARGINS = ("#f4f1e8", "#ffffff", "#0a0a0a", "#d8d4c8")
_FRAMES = ("#6b4424", "#a8823c", "#4a3020")


def margin(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Lay a picture on a sheet of one colour, with another margin on each side."""
    widths = generator.integers(14, 34, 4).tolist()
    colour = code_colour(_MARGINS[generator.integers(len(_MARGINS))]) * 255
    return _on_sheet(image, widths, np.broadcast_to(colour, (*_outer(image, widths), 3)))


def frame(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Put a picture into a frame of wood or gilding."""
    width = int(generator.integers(16, 26))
    height, across = _outer(image, [width] * 4)
    y, x = np.mgrid[:height, :across].astype(np.float32)
    depth = np.minimum(np.minimum(x, across - 1 - x), np.minimum(y, height - 1 - y))
    profile = 0.12 * np.sin(depth / width * 2.5 * np.pi)
    grain = 0.025 * sample_nearest(noise_tile("rough"), x / 512, y / 512)
    wood = code_colour(_FRAMES[generator.integers(len(_FRAMES))]) * 255
    return _on_sheet(image, [width] * 4, wood * (1.0 + profile + grain)[..., None])


def repeat(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Give a picture as another museum has it: of another size, and toned a little."""
    scale = generator.uniform(1.08, 1.3)
    size = tuple(round(scale * side) for side in image.size)
    toned = ImageEnhance.Color(image.resize(size, Image.Resampling.BICUBIC)).enhance(0.9)
    return ImageEnhance.Brightness(toned).enhance(generator.uniform(0.93, 1.08))


def detail(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Give a part of a picture as large as the whole."""
    width, height = (round(0.6 * side) for side in image.size)
    left = int(generator.integers(image.width - width))
    top = int(generator.integers(max(1, (image.height - height) // 2)))
    return image.resize(
        image.size, Image.Resampling.BICUBIC, (left, top, left + width, top + height)
    )


def grey(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Give a picture as an old black-and-white photograph has it."""
    contrast = generator.uniform(0.85, 1.05)
    return ImageEnhance.Contrast(image.convert("L")).enhance(contrast).convert("RGB")


def _outer(image: Image.Image, widths: list[int]) -> tuple[int, int]:
    left, top, right, bottom = widths
    return image.height + top + bottom, image.width + left + right


def _on_sheet(image: Image.Image, widths: list[int], values: np.ndarray) -> Image.Image:
    sheet = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    sheet.paste(image, (widths[0], widths[1]))
    return sheet


CHANGES = {"margin": margin, "frame": frame, "repeat": repeat, "detail": detail, "grey": grey}
