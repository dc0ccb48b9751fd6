"""Pictures whose properties are known, and sets of them as a study measures them."""

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from artnb.evaluation.measure import Cache, measure
from artnb.evaluation.pictures import Seen
from artnb.study.quantities import MEASURES, MEASURES_OF_PAIRS

SIZE = 256


def flat(*rgb, size=SIZE):
    return np.full((size, size, 3), rgb, np.uint8)


def scene(seed=0, size=SIZE):
    """Soft coloured shapes with a little grain."""
    rng = np.random.default_rng(seed)
    shapes = gaussian_filter(rng.normal(size=(size, size, 3)), (size / 20, size / 20, 0))
    grain = gaussian_filter(rng.normal(size=(size, size, 1)), (1.5, 1.5, 0))
    values = 120 + 45 * shapes / shapes.std() + 6 * grain / grain.std() + 20 * (seed % 3 - 1)
    return np.clip(values, 0, 255).astype(np.uint8)


def pattern(function, size=SIZE):
    """A grey picture of the sine of a function of x and y, measured from its middle."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    grey = 128 + 90 * np.sin(function(x, y))
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def blurred(picture, sigma):
    return gaussian_filter(picture.astype(float), (sigma, sigma, 0)).astype(np.uint8)


def hazy(picture, share, veil=220):
    return (picture * (1 - share) + veil * share).astype(np.uint8)


class Made:
    """A set of pictures that are at hand, with the photos they were painted from, if any."""

    resize = ""
    as_found = sizes = ()

    def __init__(self, name, pictures, sources=None):
        self.name, self.pictures, self.sources = name, list(pictures), sources
        self.names = [f"{number}.png" for number in range(len(self.pictures))]
        self.keys = [f"{name} {number}" for number in range(len(self.pictures))]

    def read(self, places):
        sources = self.sources or [None] * len(self.pictures)
        return [Seen(self.pictures[p], self.sources is not None, sources[p]) for p in places]


def measured(name, pictures, sources=None):
    measures = (*MEASURES, *MEASURES_OF_PAIRS) if sources is not None else MEASURES
    return measure(Made(name, pictures, sources), measures, Cache(None))


def write(folder, pictures):
    folder.mkdir(parents=True)
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number:03d}.png")
    return folder
