"""Measures that need no extractor: SSIM to the photo, and what a discriminator says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np
from scipy.ndimage import correlate1d

from artnb.data.images import to_float
from artnb.errors import InputError
from artnb.evaluation.measure import Measured
from artnb.evaluation.metrics.score import Score, mean_score
from artnb.runs.painter import Judge, LoadedNetworks

WINDOW_PX, SIGMA_PX = 11, 1.5
# K₁ = 0.01 and K₂ = 0.03 of the range 255.
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(
    first: np.ndarray | Iterable[np.ndarray],
    second: np.ndarray | Iterable[np.ndarray],
    resamples: int = 1000,
    seed: int = 0,
) -> Score:
    """Give the mean structural similarity of pairs of pictures.

    Args:
        first: uint8 RGB `(h, w, 3)`, or `(n, h, w, 3)`, or pictures one after the other from
            anything that can be looped over, of which one is held at a time.
        second: the partners, in the same order.
        resamples: bootstrap resamples for the interval; 0 gives none.
        seed: of the bootstrap.

    Returns:
        The mean over pairs, at most 1, and 1 for equal pictures. The interval resamples pairs;
        one pair alone has none.

    Raises:
        InputError: as for `ssim_of`; or one side has more pictures than the other, or none.

    Source: Wang et al. 2004, IEEE Transactions on Image Processing 13(4), section III.
    """
    values = []
    for a, b in zip_longest(_one_by_one(first), _one_by_one(second)):
        if a is None or b is None:
            raise InputError(
                f"SSIM needs as many pictures on one side as on the other, got {len(values)} on "
                f"the {'first' if a is None else 'second'} and more on the other; pair each with "
                "its partner"
            )
        values.append(ssim_of(a, b))
    if not values:
        raise InputError("SSIM needs at least one pair of pictures, got none; add pictures")
    return mean_score(np.array(values), resamples, seed, of="pairs")


def ssim_of(first: np.ndarray, second: np.ndarray) -> float:
    """Give the structural similarity of two pictures.

    Means and variances are taken in an 11×11 Gaussian window (σ 1.5 px) within each channel.
    Windows that reach over the border are left out.

    Args:
        first: uint8 RGB `(h, w, 3)`, at least 11 px high and wide.
        second: uint8 RGB of the same shape.

    Raises:
        InputError: the pictures are smaller, not uint8 RGB, or of unequal shapes.
    """
    _check(first, second)
    x, y = first.astype(np.float64), second.astype(np.float64)
    mean_x, mean_y = _windowed(x), _windowed(y)
    squares, product = mean_x**2 + mean_y**2, mean_x * mean_y
    variances = _windowed(x**2 + y**2) - squares
    covariance = _windowed(x * y) - product
    similarity = (2 * product + C1) * (2 * covariance + C2)
    similarity /= (squares + C1) * (variances + C2)
    return float(similarity.mean())


def _windowed(image: np.ndarray) -> np.ndarray:
    """Average within the window around each pixel that has a whole one."""
    half = WINDOW_PX // 2
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / SIGMA_PX) ** 2)
    weights /= weights.sum()
    rows = correlate1d(image, weights, axis=0)[half:-half]
    return correlate1d(rows, weights, axis=1)[:, half:-half]


def _one_by_one(pictures: np.ndarray | Iterable[np.ndarray]) -> Iterable[np.ndarray]:
    if isinstance(pictures, np.ndarray) and pictures.ndim < 4:
        return [pictures]
    return pictures


def _check(first: np.ndarray, second: np.ndarray) -> None:
    for picture in (first, second):
        kind, shape = getattr(picture, "dtype", type(picture).__name__), np.shape(picture)
        if kind != np.uint8 or len(shape) != 3 or shape[2] != 3:
            raise InputError(
                f"SSIM needs uint8 pictures (height, width, 3), got {kind} {shape}; "
                "artnb.data.images.to_uint8 makes them from [-1, 1]"
            )
    if first.shape != second.shape:
        raise InputError(
            f"SSIM needs two pictures of one size, got {first.shape} and {second.shape}; "
            "scale one of them first"
        )
    if min(first.shape[:2]) < WINDOW_PX:
        raise InputError(
            f"SSIM needs pictures of at least {WINDOW_PX}×{WINDOW_PX} px, got {first.shape[1]}×"
            f"{first.shape[0]}; use larger ones"
        )


class _SSIM:
    """SSIM of translations to the photos they were painted from, one number a picture."""

    key = "ssim to the source"

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None) -> np.ndarray:
        pairs = zip(pictures, sources, strict=True)
        return np.float32([[ssim_of(picture, source)] for picture, source in pairs])


SSIM = _SSIM()


@dataclass(frozen=True)
class Verdicts:
    """A discriminator's verdicts, the mean over its patches, one number a picture.

    Args:
        judge: the discriminator of an epoch.
        networks: where it is loaded when it is asked.
    """

    judge: Judge
    networks: LoadedNetworks = field(default_factory=LoadedNetworks)

    @property
    def key(self) -> str:
        """A name for everything that the verdicts depend on."""
        return f"verdict {self.judge.key}"

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None) -> np.ndarray:
        """Judge uint8 `(batch, height, width, 3)`; gives `(batch, 1)`."""
        logits = self.networks.load(self.judge).predict_on_batch(to_float(pictures))
        return np.asarray(logits, np.float32).reshape(len(pictures), -1).mean(axis=1)[:, None]

    def right(self, measured: Measured, is_real: bool) -> np.ndarray:
        """Say for each picture whether it was judged rightly: `(n,)` of 0 and 1."""
        called_real = measured.numbers[self.key][:, 0] > self.judge.real_from
        return (called_real == is_real).astype(np.float64)
