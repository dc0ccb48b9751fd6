"""What happens to pictures before a network that scores them."""

from functools import cache
from typing import Any

import numpy as np
from keras import ops


def tensorflow1_resize(pictures: Any, size_px: int) -> Any:
    """Resize pictures bilinearly as TensorFlow 1 did, which every published FID rests on.

    Target pixel i takes its value from the source position i · in / out: the corners are not
    aligned, there is no shift by half a pixel, and nothing is smoothed when pictures shrink.

    Args:
        pictures: float32 `(batch, height, width, channels)` of any size and range.
        size_px: edge of the square that comes out, pixels.

    Returns:
        float32 `(batch, size_px, size_px, channels)`.

    Source: torch-fidelity's `interpolate_bilinear_2d_like_tensorflow1x`, after TensorFlow 1's
        `ResizeBilinear`; with float32 arithmetic in the same order, so that the bits agree.
    """
    _, height, width, _ = pictures.shape
    pictures = _interpolate(pictures, _positions(width, size_px), axis=2)
    return _interpolate(pictures, _positions(height, size_px), axis=1)


@cache
def _positions(length: int, target: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each target pixel's two neighbours and how far it lies from the first."""
    position = np.arange(target, dtype=np.float32) * np.float32(length / target)
    before = position.astype(np.int32)
    after = np.minimum(before + 1, length - 1)
    return before, after, position - before.astype(np.float32)


def _interpolate(pictures: Any, positions: tuple[np.ndarray, ...], axis: int) -> Any:
    # Gathered rather than multiplied by a matrix: accelerators round the factors of products.
    before, after, distance = positions
    near, far = (ops.take(pictures, index, axis=axis) for index in (before, after))
    shape = [-1 if along == axis else 1 for along in range(4)]
    return near + (far - near) * distance.reshape(shape)
