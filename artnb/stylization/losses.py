"""What two pictures have in common: the losses of style transfer, on arrays of features.

A style loss compares statistics in which places play no part. Those of `gram` and `moments` are
means over pixels: statistics of parts of a picture add up to the whole picture's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from keras import ops

_PROJECTIONS_SEED = 0
# Red, green and blue, and their differences: what is alike along all six is alike in colour.
_COLOURS = np.float32([[1, 0, 0, 1, 0, -1], [0, 1, 0, -1, 1, 0], [0, 0, 1, 0, -1, 1]])
# Blocks of as many pixels to a side have one colour: that of a stroke, not of its grain.
_BLOCK_PX = 4
# Far below the squares of features, which are some tens to hundreds where anything is seen.
TINY = 1e-6


def _pixels(features: Any) -> Any:
    """Give `(pixels, channels)` of the features of one picture, `(1, height, width, channels)`."""
    return ops.reshape(features, (-1, features.shape[-1]))


def gram_matrix(features: Any, shares: Any) -> Any:
    """Give how often channels are high together, `(channels, channels)`, a mean over pixels.

    Args:
        features: float32 `(1, height, width, channels)`.
        shares: how much each pixel counts, `(pixels, 1)`; they sum to 1.

    Source: Gatys et al. 2015, arXiv 1508.06576, equation 3, over the number of pixels.
    """
    pixels = _pixels(features)
    return ops.matmul(ops.transpose(pixels), pixels * shares)


def gram_loss(found: Any, wanted: Any) -> Any:
    """Give the mean squared difference of two Gram matrices."""
    return ops.mean(ops.square(found - wanted))


def moments(features: Any, shares: Any) -> Any:
    """Give each channel's mean and mean square, `(2, channels)`; arguments as of `gram_matrix`."""
    pixels = _pixels(features)
    return ops.stack(
        [ops.sum(pixels * shares, axis=0), ops.sum(ops.square(pixels) * shares, axis=0)]
    )


def moments_loss(found: Any, wanted: Any) -> Any:
    """Compare means and standard deviations: squared differences, over the painting's squares.

    Source: Li et al. 2017, arXiv 1701.01036, section 4.2; the division is ours, so that layers with
        large features count no more than others.
    """
    mean, deviation = _mean_and_deviation(found)
    wanted_mean, wanted_deviation = _mean_and_deviation(wanted)
    difference = ops.square(mean - wanted_mean) + ops.square(deviation - wanted_deviation)
    return ops.sum(difference) / (ops.sum(wanted[1]) + TINY)


def _mean_and_deviation(statistics: Any) -> tuple[Any, Any]:
    mean, square = statistics[0], statistics[1]
    return mean, ops.sqrt(ops.maximum(square - ops.square(mean), 0.0) + TINY)


@cache
def directions(channels: int) -> np.ndarray:
    """Give as many orthonormal directions as there are channels, the same each time.

    They are worked out once: where cores are busy that takes a second for 512 channels.
    """
    random = np.random.default_rng(_PROJECTIONS_SEED)
    return np.linalg.qr(random.normal(size=(channels, channels)))[0].astype(np.float32)


def sorted_projections(features: Any, places: Any) -> Any:
    """Give the pixels' places along each direction in rising order, `(pixels, channels)`.

    Args:
        features: float32 `(1, height, width, channels)`.
        places: which pixels count, by number.
    """
    pixels = ops.take(_pixels(features), places, axis=0)
    return ops.sort(ops.matmul(pixels, directions(features.shape[-1])), axis=0)


def palette(picture: Any) -> Any:
    """Give how often which colours are there, `(blocks of 4×4 pixels, 6)`.

    Red, green, blue and their differences, each in rising order.

    Args:
        picture: float32 `(1, height, width, 3)`.
    """
    colours = _pixels(ops.average_pool(picture, _BLOCK_PX, _BLOCK_PX))
    return ops.sort(ops.matmul(colours, _COLOURS), axis=0)


def sliced_loss(found: Any, wanted: Any) -> Any:
    """Give the mean squared distance of two sets of features along many directions.

    Source: Heitz et al. 2021, arXiv 2006.07229, equation 3. Deviations: directions are drawn once,
        an orthonormal set of them, so that the loss is the same function at every step; and it is
        divided by the mean square of the painting's.
    """
    difference = ops.mean(ops.square(found - quantiles(wanted, found.shape[0])))
    return difference / (ops.mean(ops.square(wanted)) + TINY)


def quantiles(values: Any, count: int) -> Any:
    """Give `count` values between the sorted ones `(pixels, channels)`, evenly spread."""
    if values.shape[0] == count:
        return values
    place = (np.arange(count) + 0.5) * values.shape[0] / count - 0.5
    place = np.clip(place, 0, values.shape[0] - 1)
    before = np.floor(place).astype(np.int32)
    after = np.minimum(before + 1, values.shape[0] - 1)
    share = (place - before).astype(np.float32)[:, None]
    return ops.take(values, before, axis=0) * (1 - share) + ops.take(values, after, axis=0) * share


def squared_error(features: Any, target: Any) -> Any:
    """Give the mean squared difference of features; Gatys et al. 2015, equation 1, as a mean."""
    return ops.mean(ops.square(features - target))


def relative_error(features: Any, target: Any) -> Any:
    """Give the mean squared difference of features, over the mean square of the photo's."""
    return squared_error(features, target) / (ops.mean(ops.square(target)) + TINY)


def total_variation(pictures: Any) -> Any:
    """Give the mean squared difference of neighbours, to the right and below.

    Source: Mahendran and Vedaldi 2015, arXiv 1412.0035, section 3, with beta 2.
    """
    down = ops.square(pictures[:, 1:] - pictures[:, :-1])
    right = ops.square(pictures[:, :, 1:] - pictures[:, :, :-1])
    return ops.mean(down) + ops.mean(right)


def shares_of(mask: np.ndarray) -> np.ndarray:
    """Turn a mask `(height, width)` in [0, 1] into shares of its pixels, `(pixels, 1)`."""
    shares = mask.reshape(-1, 1).astype(np.float32)
    return shares / shares.sum()


def places_of(mask: np.ndarray) -> np.ndarray:
    """Number the pixels that count: those of at least half the mask's largest value."""
    return np.flatnonzero(mask >= mask.max() / 2).astype(np.int32)


@dataclass(frozen=True)
class StyleLoss:
    """One kind of style loss, and what goes with it.

    Args:
        statistics: what is kept of features, `(features, where) -> array`.
        loss: how far the statistics found are from those wanted, a scalar.
        where: turns a mask into what `statistics` takes as its second argument.
        adds_up: whether the statistics of parts add up to the whole's.
        relative: whether losses are divided by what they are compared with; they are averaged over
            layers then, and content is measured likewise.
        content: the weight of content beside it.
    """

    statistics: Callable[[Any, Any], Any]
    loss: Callable[[Any, Any], Any]
    where: Callable[[np.ndarray], np.ndarray]
    adds_up: bool
    relative: bool
    content: float

    def content_error(self, features: Any, target: Any) -> Any:
        """Give how far features are from the photo's."""
        return (relative_error if self.relative else squared_error)(features, target)

    def content_energy(self, features: np.ndarray) -> float:
        """Give what squared differences from a photo's features are divided by, of a part."""
        if not self.relative:
            return features.size
        return float(np.square(features, dtype=np.float64).sum()) + TINY * features.size

    def weight(self, channels: int, layers: int) -> float:
        """Give the weight of a layer; Gatys et al. 2015, as their code has it, where absolute."""
        return 1 / layers if self.relative else 1e3 / channels**2


STYLE_LOSSES = {
    "gram": StyleLoss(gram_matrix, gram_loss, shares_of, True, relative=False, content=1.0),
    "moments": StyleLoss(moments, moments_loss, shares_of, True, relative=True, content=0.2),
    "sliced": StyleLoss(
        sorted_projections, sliced_loss, places_of, False, relative=True, content=0.2
    ),
}
