"""Sample grids: the same few pictures through both generators, again and again."""

import keras
import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset, fixed_pictures
from artnb.data.images import to_float, to_uint8
from artnb.drawing.grids import draw_four_kinds


class Sampler:
    """Makes the grids of a Run: real, fake, reconstructed and identity, in both directions.

    Args:
        dataset: its held-out pictures are shown, or training pictures where none are held out.
        count: pictures of each domain.
        size_px: edge at which they go through the networks.
    """

    def __init__(self, dataset: Dataset, count: int, size_px: int) -> None:
        self.names = tuple(domain.name for domain in dataset.domains)
        self.pictures = tuple(
            fixed_pictures(domain.shown(), count, size_px) for domain in dataset.domains
        )

    def grid(self, painters: tuple[keras.Model, keras.Model], title: str) -> Image.Image:
        """Draw the grid as the generators see it now."""
        there, back = painters
        real_x, real_y = self.pictures
        left = self._direction(real_x, there, back)
        right = self._direction(real_y, back, there)
        return draw_four_kinds(left, right, self.names, title)

    def _direction(
        self, real: np.ndarray, there: keras.Model, back: keras.Model
    ) -> list[list[np.ndarray]]:
        fake = paint(there, real)
        kinds = (real, fake, paint(back, fake), paint(back, real))
        return [list(row) for row in zip(*kinds, strict=True)]


def paint(painter: keras.Model, pictures: np.ndarray) -> np.ndarray:
    """Send uint8 `(batch, height, width, 3)` through a generator and give uint8 back."""
    # Under MirroredStrategy every replica paints all pictures, and Keras gives them one by one.
    return to_uint8(painter.predict_on_batch(to_float(pictures))[: len(pictures)])
