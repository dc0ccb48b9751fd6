"""Sheets and frames of what a generator makes out of latents."""

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from artnb.drawing.grids import captioned_grid, shown_size, titled_grid
from artnb.drawing.titles import headed
from artnb.models.stylegan2.networks import Generator
from artnb.sampling.interpolation import FRAMES, interpolate
from artnb.sampling.mixing import COARSE_PX, mixed, truncated

# More are too small to be seen on a screen.
_MOST_COLUMNS, _MOST_ROWS = 8, 8
# 20 pictures a second are a movement.
FRAME_MS = 50


def draw_samples(
    pictures: Sequence[np.ndarray], seeds: Sequence[int], title: str = ""
) -> Image.Image:
    """Show samples, each with its seed."""
    captions = [f"seed {seed}" for seed in seeds]
    shown = [Image.fromarray(picture) for picture in pictures]
    columns, edge_px = min(_MOST_COLUMNS, len(shown)), shown_size(pictures[0].shape[0])
    return headed(captioned_grid(shown, captions, columns, edge_px), title)


def draw_truncations(
    generator: Generator, seeds: Sequence[int], truncations: Sequence[float], title: str = ""
) -> Image.Image:
    """Show the first eight seeds in rows, and truncations in columns."""
    shown = seeds[:_MOST_ROWS]
    rows = truncated(generator, shown, truncations)
    sheet = titled_grid(
        rows, [f"{t:g}" for t in truncations], edge_px=shown_size(generator.sizes.size_px)
    )
    return headed(sheet, f"Truncation, seeds {shown[0]} to {shown[-1]} ({title})")


def draw_mixing(
    generator: Generator, seeds: Sequence[int], truncation: float = 1.0, title: str = ""
) -> Image.Image:
    """Show mixed styles: coarse ones of the first half of the seeds, fine ones of the second."""
    half = (len(seeds) + 1) // 2
    coarse, fine = seeds[:half][:_MOST_ROWS], seeds[half:][:_MOST_COLUMNS]
    size_px = generator.sizes.size_px
    coarse_px = min(COARSE_PX, size_px // 2)
    rows = mixed(generator, coarse, fine, truncation, coarse_px)
    sheet = titled_grid(rows, sections=(1,), edge_px=shown_size(size_px))
    text = f"Coarse styles (to {coarse_px} px) of the left, fine ones of above ({title})"
    return headed(sheet, text)


def draw_frames(
    generator: Generator, seeds: Sequence[int], truncation: float = 1.0, frames: int = FRAMES
) -> Iterator[Image.Image]:
    """Draw the frames of an animation, `FRAME_MS` each; see `interpolate`."""
    edge_px = shown_size(generator.sizes.size_px)
    for picture in interpolate(generator, seeds, truncation, frames):
        image = Image.fromarray(picture)
        yield image.resize((edge_px, edge_px), Image.Resampling.BICUBIC)
