"""The palette: mean colour, shares of brown, green and blue, and a set's main colours."""

from dataclasses import dataclass

import numpy as np

from artnb.study.colour import colour_regions, lab_of, rgb_of
from artnb.study.quantity import WORKING_PX, PictureMeasure, Quantity

_QUESTION = "palette"
# Every so many pixels one is kept as a sample: 16 × 16 of each picture.
_STEP_PX = 16
# More pixels than these move the clusters' centres by less than an eye can tell.
_MOST_SAMPLES = 10_000


def palette_numbers(picture: np.ndarray) -> np.ndarray:
    """Give mean lightness, redness and warmth, and the shares of brown, green and blue.

    Args:
        picture: uint8 `(256, 256, 3)`.

    Returns:
        `(6,)`: the means of L*, a* and b*, and three shares of all pixels.
    """
    lab = lab_of(picture)
    shares = [region.mean() for region in colour_regions(lab).values()]
    return np.array([*lab.mean(axis=(0, 1)), *shares])


PALETTE = PictureMeasure(
    name="palette",
    version=1,
    quantities=(
        Quantity("lightness", _QUESTION, "mean L*: lighter"),
        Quantity("redness", _QUESTION, "mean a*: less green, more red"),
        Quantity("warmth", _QUESTION, "mean b*: less blue, more yellow"),
        Quantity("brown", _QUESTION, "share of brown pixels", share=True),
        Quantity("green", _QUESTION, "share of green pixels", share=True),
        Quantity("blue", _QUESTION, "share of blue pixels", share=True),
    ),
    of_picture=palette_numbers,
)


def colour_samples(picture: np.ndarray) -> np.ndarray:
    """Give the CIELAB values of 256 pixels on a regular grid, `(768,)`."""
    middle = _STEP_PX // 2
    return lab_of(picture[middle::_STEP_PX, middle::_STEP_PX]).ravel()


COLOUR_SAMPLES = PictureMeasure("colour samples", 1, quantities=(), of_picture=colour_samples)
SAMPLES_PER_PICTURE = (WORKING_PX // _STEP_PX) ** 2


@dataclass(frozen=True)
class MainColours:
    """The main colours of a set of pictures.

    Args:
        rgb: uint8 `(colours, 3)`, from dark to light.
        shares: `(colours,)`, of the set's pixels; they sum to 1.
    """

    rgb: np.ndarray
    shares: np.ndarray


def find_main_colours(samples: np.ndarray, colours: int = 8, seed: int = 0) -> MainColours:
    """Find the main colours of a set, as the centres of clusters in CIELAB.

    Args:
        samples: `(n, 768)`, what `COLOUR_SAMPLES` gives for each picture.
        colours: how many; fewer where the pictures have fewer.
        seed: of the clusters' beginning and of the pixels that are taken where there are many.
    """
    from sklearn.cluster import KMeans

    pixels = np.asarray(samples, np.float64).reshape(-1, 3)
    if len(pixels) > _MOST_SAMPLES:
        rng = np.random.default_rng(seed)
        pixels = pixels[rng.choice(len(pixels), _MOST_SAMPLES, replace=False)]
    colours = min(colours, len(np.unique(pixels.round(1), axis=0)))
    clusters = KMeans(colours, n_init=2, random_state=seed).fit(pixels)
    shares = np.bincount(clusters.labels_, minlength=colours) / len(pixels)
    order = np.argsort(clusters.cluster_centers_[:, 0])
    return MainColours(rgb_of(clusters.cluster_centers_[order]), shares[order])
