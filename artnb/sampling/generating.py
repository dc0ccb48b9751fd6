"""Pictures of latents, a few at a time, as a generator makes them with its own noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from artnb.data.images import to_uint8
from artnb.models.stylegan2.networks import Generator, draw_z
from artnb.sampling.choice import check_truncation

AT_A_TIME = 16


def generate(
    generator: Generator, seeds: Sequence[int], truncation: float = 1.0
) -> Iterator[np.ndarray]:
    """Make a picture for each seed.

    Args:
        generator: of a Run, as `run.sampler(epoch).load()` gives it.
        seeds: whole numbers from 0; each always means the same picture. Where there are classes, a
            seed's is its remainder, unless the generator's `only_class` says which.
        truncation: below 1 pictures are more alike and better (Karras et al. 2019, arXiv
            1812.04948, appendix B).

    Yields:
        uint8 `(size_px, size_px, 3)`, one by one.

    Raises:
        InputError: the truncation is out of range.
    """
    check_truncation(truncation)
    for start in range(0, len(seeds), AT_A_TIME):
        few = seeds[start : start + AT_A_TIME]
        yield from pictures_of(generator, latents_of(generator, few, truncation))


def latents_of(generator: Generator, seeds: Sequence[int], truncation: float = 1.0) -> np.ndarray:
    """Give each seed's w, float32 `(count, w_size)`, pulled to the average; see `generate`."""
    z = draw_z(seeds, generator.sizes.z_size)
    return latents(generator, z, np.asarray(seeds), truncation)


def latents(
    generator: Generator, z: np.ndarray, kinds: np.ndarray, truncation: float = 1.0
) -> np.ndarray:
    """Turn z, `(count, z_size)`, into w, float32 `(count, w_size)`, pulled to the average.

    Args:
        generator: of a Run.
        z: latents.
        kinds: a whole number for each: its remainder is the class, where there are classes.
        truncation: as for `generate`.
    """
    inputs, classes = z, generator.sizes.classes
    if classes:
        wanted = kinds % classes if generator.only_class is None else generator.only_class
        one_hot = np.eye(classes, dtype=np.float32)[np.broadcast_to(wanted, len(z))]
        inputs = [z, one_hot]
    w = generator.mapping.predict_on_batch(inputs)
    average = generator.average_w.average.numpy()
    return average + truncation * (w - average)


def pictures_of(generator: Generator, w: np.ndarray) -> np.ndarray:
    """Turn w, `(count, w_size)` or `(count, w_count, w_size)`, into uint8 pictures."""
    return to_uint8(painted(generator, w))


def painted(generator: Generator, w: np.ndarray) -> np.ndarray:
    """Turn w into pictures as floats, mostly in [-1, 1], not rounded."""
    if w.ndim == 2:
        w = np.repeat(w[:, None], generator.sizes.w_count, axis=1)
    noises = [np.repeat(noise.constant.numpy()[None], len(w), axis=0) for noise in generator.noises]
    # Under MirroredStrategy every replica paints all pictures, and Keras gives them one by one.
    return generator.synthesis.predict_on_batch([w, *noises])[: len(w)]


@dataclass(frozen=True)
class LatentsW:
    """A generator as a function of w, in which straight lines make sense: for path lengths."""

    generator: Generator

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw w, float32 `(count, w_size)`."""
        z = rng.standard_normal((count, self.generator.sizes.z_size), np.float32)
        return latents(self.generator, z, rng.integers(2**31, size=count))

    def paint(self, latents: np.ndarray) -> np.ndarray:
        """Make pictures, floats that are mostly in [-1, 1]."""
        return painted(self.generator, latents)
