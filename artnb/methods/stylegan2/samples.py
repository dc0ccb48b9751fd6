"""Sample grids: pictures of the same seeds, again and again."""

import numpy as np
from PIL import Image

from artnb.drawing.grids import in_rows, titled_grid
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.methods.stylegan2.model import StyleGAN2
from artnb.sampling.generating import generate

_MOST_COLUMNS, _MOST_CLASSES = 8, 16


class SampleGrid:
    """Draws what the averaged generator makes of the seeds 0, 1, 2 …, without truncation.

    Where there are classes, each of the first few has a row.

    Args:
        config: how many pictures.
    """

    def __init__(self, config: StyleGAN2Config) -> None:
        self.seeds = range(config.sample_count)
        self.classes = config.class_names[:_MOST_CLASSES]

    def __call__(self, model: StyleGAN2, title: str) -> Image.Image:
        """Draw the grid as the generator paints now."""
        if self.classes:
            return titled_grid(self._by_class(model), title=f"{title}: {', '.join(self.classes)}")
        pictures = list(generate(model.average, self.seeds))
        return titled_grid(in_rows(pictures, min(_MOST_COLUMNS, len(pictures))), title=title)

    def _by_class(self, model: StyleGAN2) -> list[list[np.ndarray]]:
        generator, rows = model.average, []
        for number in range(len(self.classes)):
            generator.only_class = number
            rows.append(list(generate(generator, self.seeds[:_MOST_COLUMNS])))
        generator.only_class = None
        return rows
