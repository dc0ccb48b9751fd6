"""Which part of a photo takes on the style of which part of a painting."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Region:
    """A part of a photo and the part of a painting whose style it takes on.

    Args:
        painting: float32 `(1, height, width, 3)` in [-1, 1].
        of_painting: which part of it, `(height, width)` in [0, 1]; None stands for all.
        of_photo: which part of the photo.
        share: of the whole style loss.
    """

    painting: np.ndarray
    of_painting: np.ndarray | None = None
    of_photo: np.ndarray | None = None
    share: float = 1.0
