"""Measures that need no extractor: SSIM to the photo, and what a discriminator says."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from artnb.data.images import to_float
from artnb.evaluation.measure import Measured
from artnb.evaluation.ssim import ssim_of

if TYPE_CHECKING:
    import keras


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
        snapshot: stands for its weights.
        load: builds it.
        threshold: verdicts above it call a picture real.
    """

    snapshot: str
    load: Callable[[], "keras.Model"]
    threshold: float

    @property
    def key(self) -> str:
        """A name for everything that the verdicts depend on."""
        return f"verdict {self.snapshot}"

    @cached_property
    def discriminator(self) -> "keras.Model":
        """The network; it is loaded when it is first asked."""
        return self.load()

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None) -> np.ndarray:
        """Judge uint8 `(batch, height, width, 3)`; gives `(batch, 1)`."""
        logits = self.discriminator.predict_on_batch(to_float(pictures))
        return np.asarray(logits, np.float32).mean(axis=(1, 2, 3))[:, None]

    def right(self, measured: Measured, is_real: bool) -> np.ndarray:
        """Say for each picture whether it was judged rightly: `(n,)` of 0 and 1."""
        called_real = measured.numbers[self.key][:, 0] > self.threshold
        return (called_real == is_real).astype(np.float64)
