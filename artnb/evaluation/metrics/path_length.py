"""Perceptual path length: how smoothly pictures change along the latents of a model."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score, mean_score


@runtime_checkable
class LatentModel(Protocol):
    """A model that paints from latents alone, such as StyleGAN2 from `w`."""

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw latents `(count, ...)` in a space where straight lines make sense."""

    def paint(self, latents: np.ndarray) -> np.ndarray:
        """Paint a picture for each latent, the same one every time, in floats and not rounded."""


def perceptual_path_length(
    model: LatentModel,
    features: Callable[[np.ndarray], np.ndarray],
    samples: int = 10_000,
    epsilon: float = 1e-4,
    batch_size: int = 16,
    resamples: int = 1000,
    seed: int = 0,
) -> Score:
    """Give how far pictures move, in features, for a small step between two latents.

    Args:
        model: has `draw` and `paint`, as `LatentModel` says.
        features: from what `paint` gives to `(n, d)`, a row for each picture.
        samples: steps to measure; published numbers use 50,000 or more.
        epsilon: length of a step as a share of the way between two latents.
        batch_size: steps measured at a time; twice as many pictures are painted.
        resamples: bootstrap resamples for the interval; 0 gives none.
        seed: of latents, places on the way and bootstrap.

    Returns:
        The mean of ‖features(t + ε) − features(t)‖² / ε² over random steps, without those below
        the 1st and above the 99th percentile. The interval resamples the steps that are kept.

    Raises:
        InputError: the model has no latents, pictures are rounded to integers, features are not
            finite, or a number is too small.

    Source: Karras et al. 2019, arXiv 1812.04948, section 4.1, and Karras et al. 2020,
        arXiv 1912.04958, section 2, for `w` and full paths. Deviation: distances are of the
        features given here, not of LPIPS with its learned weights, so the number compares models
        measured with the same features and not with published ones.
    """
    _check(model, samples, epsilon, batch_size)
    rng = np.random.default_rng(seed)
    lengths = []
    for start in range(0, samples, batch_size):
        count = min(batch_size, samples - start)
        lengths.append(_path_lengths(model, features, count, epsilon, rng))
    lengths = np.concatenate(lengths)
    low = np.percentile(lengths, 1, method="lower")
    high = np.percentile(lengths, 99, method="higher")
    kept = lengths[(low <= lengths) & (lengths <= high)]
    return mean_score(kept, resamples, seed, of="steps")


def _path_lengths(
    model: LatentModel,
    features: Callable[[np.ndarray], np.ndarray],
    count: int,
    epsilon: float,
    rng: np.random.Generator,
) -> np.ndarray:
    starts = np.asarray(model.draw(count, rng))
    ways = np.asarray(model.draw(count, rng)) - starts
    places = rng.random((count, *(1,) * (starts.ndim - 1)))
    latents = [starts + ways * place for place in (places, places + epsilon)]
    pictures = np.asarray(model.paint(np.concatenate(latents).astype(starts.dtype)))
    if not np.issubdtype(pictures.dtype, np.floating):
        raise InputError(
            f"a path length needs pictures as floats, got {pictures.dtype}: steps of {epsilon} "
            "vanish when they are rounded; give what the model paints as it is"
        )
    before, after = np.split(np.asarray(features(pictures), np.float64), 2)
    lengths = np.square((after - before) / epsilon).reshape(count, -1).sum(axis=1)
    if not np.isfinite(lengths).all():
        raise InputError("features must be finite, got NaN or infinity; look at the pictures")
    return lengths


def _check(model: Any, samples: int, epsilon: float, batch_size: int) -> None:
    if not isinstance(model, LatentModel):
        raise InputError(
            f"a path length is defined between two latents, and {type(model).__name__} has none: "
            "a CycleGAN paints from a photo; give a model with draw and paint, such as StyleGAN2"
        )
    if samples < 1 or batch_size < 1 or not epsilon > 0:
        raise InputError(
            "a path length needs samples and batch_size of at least 1 and an epsilon above 0, got "
            f"{samples}, {batch_size} and {epsilon}; the usual epsilon is 1e-4"
        )
