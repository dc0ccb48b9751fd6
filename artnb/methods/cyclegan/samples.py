"""A CycleGAN's sample grids: the same few pictures through both generators, again and again."""

import keras
import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset, fixed_pictures
from artnb.drawing.grids import draw_four_kinds
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import CycleGAN
from artnb.translation import paint

# Grids of larger pictures would take longer than the steps between them.
_LARGEST_PX = 256


class SampleGrid:
    """Draws real, fake, reconstructed and identity, in both directions.

    Args:
        dataset: its held-out pictures are shown, or training pictures where none are held out;
            whole and at their own size, as `translate` has them.
        config: how many pictures of each domain, and what their size must be a multiple of.
    """

    def __init__(self, dataset: Dataset, config: CycleGANConfig) -> None:
        multiple = config.multiple_px
        self.size_px = min(dataset.size_px, _LARGEST_PX) // multiple * multiple
        domains = (dataset.x, dataset.y)
        self.names = tuple(domain.name for domain in domains)
        self.pictures = tuple(
            fixed_pictures(domain.shown(), config.sample_count, self.size_px) for domain in domains
        )

    def __call__(self, model: CycleGAN, title: str) -> Image.Image:
        """Draw the grid as the generators see it now."""
        return self.of(*model.shown_generators, title)

    def of(self, there: keras.Model, back: keras.Model, title: str) -> Image.Image:
        """Draw the grid of any two generators, X→Y and Y→X."""
        real_x, real_y = self.pictures
        left, right = _rows(real_x, there, back), _rows(real_y, back, there)
        return draw_four_kinds(left, right, self.names, title)


def _rows(real: np.ndarray, there: keras.Model, back: keras.Model) -> list[list[np.ndarray]]:
    fake = paint(there, real)
    kinds = (real, fake, paint(back, fake), paint(back, real))
    return [list(row) for row in zip(*kinds, strict=True)]
