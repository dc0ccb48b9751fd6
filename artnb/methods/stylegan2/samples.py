"""Sample grids: pictures of the same seeds, again and again."""

from PIL import Image

from artnb.drawing.grids import in_rows, titled_grid
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.methods.stylegan2.model import StyleGAN2
from artnb.sampling.generating import generate

_MOST_COLUMNS = 8


class SampleGrid:
    """Draws what the averaged generator makes of the seeds 0, 1, 2 …, without truncation.

    Args:
        config: how many pictures.
    """

    def __init__(self, config: StyleGAN2Config) -> None:
        self.seeds = range(config.sample_count)

    def __call__(self, model: StyleGAN2, title: str) -> Image.Image:
        """Draw the grid as the generator paints now."""
        pictures = list(generate(model.average, self.seeds))
        return titled_grid(in_rows(pictures, min(_MOST_COLUMNS, len(pictures))), title=title)
