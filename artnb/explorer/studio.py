"""Paints for the explorer, and remembers networks and the last paintings."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from artnb.explorer.photos import Photo
from artnb.runs.painter import LoadedNetworks
from artnb.runs.run import Run
from artnb.translation import translate_image

# Two Runs in both directions; the paper's generators have 11 million weights each.
_MOST_NETWORKS = 4
_MOST_PAINTINGS = 16


@dataclass(frozen=True)
class Painted:
    """A photo and what a Run made of it.

    Args:
        photo: what was painted.
        run: whose generators.
        epoch: of the generators.
        to: `"y"` where generator G paints and F leads back, `"x"` the other way round.
        painting: uint8 `(height, width, 3)`.
        reconstruction: uint8 of the same shape, the painting through the other generator; None
            where an imported Run has none.
    """

    photo: Photo
    run: Run
    epoch: int
    to: str
    painting: np.ndarray
    reconstruction: np.ndarray | None

    @cached_property
    def domains(self) -> tuple[str, str]:
        """The names of the photo's domain and of the painting's."""
        x, y = self.run.domains
        return (x, y) if self.to == "y" else (y, x)

    @cached_property
    def mean_difference(self) -> float:
        """How far painting and photo are apart on average, in grey levels of 255."""
        return float(_apart(self.photo.pixels, self.painting).mean())

    def describe(self) -> str:
        """Say what it is, in two lines."""
        source, target = self.domains
        run = self.run.path.name
        return f"{self.photo.name}\n{source} → {target} by {run}, epoch {self.epoch}"


def visible_difference(photo: np.ndarray, painting: np.ndarray) -> tuple[np.ndarray, int]:
    """Show where two pictures differ: black where they are equal.

    Args:
        photo: uint8 `(height, width, 3)`.
        painting: likewise.

    Returns:
        uint8 of the same shape, |painting − photo| times a factor, and that factor: the largest
        of 1, 2, 4, 8 and 16 that leaves 99 % of the values unclipped.
    """
    apart = _apart(photo, painting)
    high = np.percentile(apart, 99)
    factor = next(factor for factor in (16, 8, 4, 2, 1) if factor * high <= 255)
    return np.minimum(factor * apart, 255).astype(np.uint8), factor


def _apart(photo: np.ndarray, painting: np.ndarray) -> np.ndarray:
    return np.abs(painting.astype(np.int16) - photo)


class Studio:
    """Paints photos with any epoch of any Run."""

    def __init__(self) -> None:
        self.networks = LoadedNetworks(_MOST_NETWORKS)
        self.paint = lru_cache(_MOST_PAINTINGS)(self._paint)

    def _paint(self, run: Run, epoch: int, to: str, photo: Photo) -> Painted:
        """Paint a photo and lead the painting back; what was asked for lately is remembered."""
        painter = run.painter(epoch, to)
        painting = translate_image(self.networks.load(painter), photo.pixels, painter.multiple_px)
        back, returned = painter.back, None
        if back is not None:
            returned = translate_image(self.networks.load(back), painting, back.multiple_px)
        return Painted(photo, run, epoch, to, painting, returned)
