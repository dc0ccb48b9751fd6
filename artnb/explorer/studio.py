"""Paints for the explorer, and remembers networks and the last paintings."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, lru_cache

import keras
import numpy as np

from artnb.explorer.photos import Photo
from artnb.runs.run import Run
from artnb.runs.snapshots import load_painter
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
        self._networks: OrderedDict[tuple[Run, str], tuple[int, keras.Model]] = OrderedDict()
        self.paint = lru_cache(_MOST_PAINTINGS)(self._paint)

    def _paint(self, run: Run, epoch: int, to: str, photo: Photo) -> Painted:
        """Paint a photo and lead the painting back; what was asked for lately is remembered."""
        directions = ["generator_g", "generator_f"]
        there, back = directions if to == "y" else reversed(directions)
        multiple_px = run.config().multiple_px
        painting = translate_image(self._painter(run, there, epoch), photo.pixels, multiple_px)
        returned = None
        if len(run.directions) > 1:
            returned = translate_image(self._painter(run, back, epoch), painting, multiple_px)
        return Painted(photo, run, epoch, to, painting, returned)

    def _painter(self, run: Run, direction: str, epoch: int) -> keras.Model:
        """Give a generator; another epoch's weights go into the network that is there already.

        A new network would be compiled anew, which on JAX takes longer than painting.
        """
        kept_epoch, painter = self._networks.pop((run, direction), (None, None))
        if kept_epoch != epoch:
            fresh = load_painter(run, direction, epoch)
            if painter is None:
                painter = fresh
            else:
                painter.set_weights(fresh.get_weights())
        self._networks[run, direction] = (epoch, painter)
        if len(self._networks) > _MOST_NETWORKS:
            self._networks.popitem(last=False)
        return painter
