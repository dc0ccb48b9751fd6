"""What is measured of a picture: quantities with names, and the measures that give them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artnb.data.images import fit_square

# All pictures are brought to this size, so that lengths in pixels mean the same in each.
WORKING_PX = 256


@dataclass(frozen=True)
class Quantity:
    """One number of a picture.

    Args:
        name: such as `"dark channel"`.
        question: what it helps to answer, such as `"haze"`.
        meaning: what more of it is, for people who read a figure.
        share: it is a share of [0, 1].
    """

    name: str
    question: str
    meaning: str
    share: bool = False


@dataclass(frozen=True)
class PictureMeasure:
    """A measure of pictures that looks at one after the other (see `Measure`).

    Args:
        name: with `version`, stands for what is computed: another way is another version.
        version: counted from 1.
        quantities: what the numbers are, in their order.
        of_picture: gives them from uint8 `(256, 256, 3)`; NaN where a picture has no such thing.
    """

    name: str
    version: int
    quantities: tuple[Quantity, ...]
    of_picture: Callable[[np.ndarray], Sequence[float] | np.ndarray]

    @property
    def key(self) -> str:
        """A name for everything that the numbers depend on."""
        return f"study: {self.name}, version {self.version}, at {WORKING_PX} px"

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None = None) -> np.ndarray:
        """Measure uint8 `(batch, height, width, 3)`; gives float32 `(batch, d)`."""
        return np.float32([self.of_picture(at_working_size(picture)) for picture in pictures])


def at_working_size(picture: np.ndarray) -> np.ndarray:
    """Bring uint8 `(height, width, 3)` to a square of the working size (see `fit_square`)."""
    if picture.shape[:2] == (WORKING_PX, WORKING_PX):
        return picture
    return np.asarray(fit_square(Image.fromarray(picture), WORKING_PX))
