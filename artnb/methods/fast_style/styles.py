"""What the styles are: paintings, and their statistics as a training keeps them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from PIL import Image

from artnb.data.dataset import Dataset
from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import decode_rgb, fit_square, to_float
from artnb.data.sources import Picture, pictures_to_paint
from artnb.errors import InputError
from artnb.methods.fast_style.config import FastStyleConfig
from artnb.stylization.inputs import open_picture
from artnb.stylization.losses import STYLE_LOSSES, palette, quantiles
from artnb.stylization.objective import Objective
from artnb.stylization.stylize import scaled

# What is kept beside the statistics of taps: of the colours, so many of their sorted values.
PALETTE, PALETTE_SHAPE = "palette", (1024, 6)


def softened(pictures: Any) -> Any:
    """Give the means of 2×2 pixels, `(batch, height - 1, width - 1, 3)`.

    What pictures are looked at through: a network soon paints a weave of single pixels, light and
    dark, since it has the deviation that first layers want. Here nobody sees it, and smoothness
    takes it away.
    """
    return ops.average_pool(pictures, 2, strides=1)


class StyleStatistics(keras.layers.Layer):
    """The statistics that paintings have at each tap, a row for each style.

    They are part of a training's state, so that going on with it needs no paintings.

    Args:
        shapes: of the statistics by tap.
        styles: how many.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], styles: int) -> None:
        super().__init__(name="style_statistics", dtype="float32", trainable=False)
        self.rows = {
            tap: self.add_weight(
                shape=(styles, *shape), initializer="zeros", trainable=False, name=tap
            )
            for tap, shape in shapes.items()
        }
        self.built = True

    def call(self, style: Any) -> dict[str, Any]:
        """Give the statistics of a style, by its number, by tap."""
        return {tap: ops.take(rows, style, axis=0) for tap, rows in self.rows.items()}

    def keep(self, style: int, statistics: Mapping[str, np.ndarray]) -> None:
        """Keep the statistics of a style, by its number."""
        for tap, rows in self.rows.items():
            values = ops.convert_to_numpy(rows).copy()
            values[style] = statistics[tap]
            rows.assign(values)


def mean_statistics(
    objective: Objective, paintings: Iterable[np.ndarray], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, np.ndarray]:
    """Measure paintings, `softened`, and give the mean of their statistics by tap.

    Of moments, deviations are averaged rather than squares: those of all paintings laid side by
    side are larger, and no single one has as much contrast.

    Args:
        objective: by whose statistics.
        paintings: float32 `(1, height, width, 3)` in [-1, 1]; those of one size are quicker.
        shapes: of the statistics by tap; of sorted values so many are kept.
    """
    of_moments = objective.style is STYLE_LOSSES["moments"]
    spread, back = (_deviations, _squares) if of_moments else (_as_they_are, _as_they_are)
    sums, count = {tap: np.zeros(shape) for tap, shape in shapes.items()}, 0
    for painting in paintings:
        seen = softened(painting)
        found = objective.statistics_of(seen, objective.where(seen, None))
        for tap, shape in shapes.items():
            fitted = found[tap] if objective.style.adds_up else quantiles(found[tap], shape[0])
            sums[tap] += spread(ops.convert_to_numpy(fitted).astype(np.float64))
        count += 1
    return {tap: back(total / count).astype(np.float32) for tap, total in sums.items()}


def mean_palette(paintings: Iterable[np.ndarray]) -> np.ndarray:
    """Give the mean of paintings' palettes, each brought to `PALETTE_SHAPE`; see `palette`."""
    kept = PALETTE_SHAPE[0]
    found = [ops.convert_to_numpy(quantiles(palette(each), kept)) for each in paintings]
    return np.mean(found, axis=0)


def _deviations(moments: np.ndarray) -> np.ndarray:
    """Turn means and mean squares into means and standard deviations."""
    mean, square = moments
    return np.stack([mean, np.sqrt(np.maximum(square - mean**2, 0))])


def _squares(moments: np.ndarray) -> np.ndarray:
    """Turn means and standard deviations into means and mean squares."""
    mean, deviation = moments
    return np.stack([mean, deviation**2 + mean**2])


def _as_they_are(statistics: np.ndarray) -> np.ndarray:
    return statistics


def paintings_of(config: FastStyleConfig, dataset: Dataset, style: int) -> Iterator[np.ndarray]:
    """Give the paintings of a style, float32 `(1, height, width, 3)`, as large as is asked for.

    A single painting is whole; those of a painter are squares, as in a Dataset.

    Raises:
        InputError: there are none, or one cannot be read.
    """
    longer_px = round(dataset.size_px * config.stroke_scale)
    for picture in _pictures(config, dataset, style):
        yield to_float(np.asarray(scaled(picture, longer_px)))[None]


def _pictures(config: FastStyleConfig, dataset: Dataset, style: int) -> Iterator[Image.Image]:
    if not config.style_paths:
        train = dataset.y.train
        for place in _spread(len(train), config.paintings):
            yield Image.fromarray(decode_rgb(train[place]))
        return
    path = config.style_paths[style]
    for picture in style_pictures(path, config.paintings):
        try:
            opened = open_picture(decode_image(picture.read()), f"the painting {picture.name}")
        except UnreadableImageError as error:
            raise InputError(f"a style must be a picture, and {picture.name} cannot be read: "
                             f"{error}") from None  # fmt: skip
        yield opened if path.is_file() else fit_square(opened, min(opened.size))


def style_pictures(path: Path, most: int) -> list[Picture]:
    """List the pictures of a style, spread evenly over those in its folder.

    Raises:
        InputError: there is none at `path`.
    """
    if not path.exists():
        raise InputError(
            f"a style must be a picture or a folder of some, and there is none at {path}; check "
            "the path"
        )
    found = pictures_to_paint(path, "y").pictures
    return [found[place] for place in _spread(len(found), most)]


def _spread(count: int, most: int) -> list[int]:
    places = np.linspace(0, count - 1, min(count, most)).round().astype(int)
    return [int(place) for place in places]


def fingerprint(path: Path, most: int) -> str:
    """Give a sha256 over the files of a style's pictures."""
    hashes = [hashlib.sha256(p.read()).hexdigest() for p in style_pictures(path, most)]
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()
