"""Sample grids: the same few photos in each style, again and again."""

import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset, fixed_pictures
from artnb.drawing.grids import titled_grid
from artnb.methods.cyclegan.model import build_generator
from artnb.methods.fast_style.config import FastStyleConfig
from artnb.methods.fast_style.model import FastStyle, weights_of_style
from artnb.translation import paint

_LARGEST_PX = 256


class SampleGrid:
    """Draws photos, below them what is made of them in each style, and at last real paintings.

    Args:
        dataset: its held-out pictures are shown, or training pictures where none are held out.
        config: how many, and whose paintings they shall look like.
    """

    def __init__(self, dataset: Dataset, config: FastStyleConfig) -> None:
        multiple = config.multiple_px
        size_px = min(dataset.size_px, _LARGEST_PX) // multiple * multiple
        self.styles = range(config.style_count)
        self.photos, paintings = (
            fixed_pictures(domain.shown(), config.sample_count, size_px)
            for domain in dataset.domains
        )
        self.painter = build_generator(config, "painter")
        self.paintings = [] if config.style_paths else [list(paintings)]

    def __call__(self, model: FastStyle, title: str) -> Image.Image:
        """Draw the grid as the network paints now."""
        weights, painted = model.generator_g.get_weights(), []
        for style in self.styles:
            self.painter.set_weights(weights_of_style(weights, style))
            painted.append(list(paint(self.painter, self.photos)))
        rows: list[list[np.ndarray | None]] = [list(self.photos), *painted, *self.paintings]
        # Of few pictures more may be held out of one kind than of the other.
        width = max(map(len, rows))
        return titled_grid([row + [None] * (width - len(row)) for row in rows], title=title)
