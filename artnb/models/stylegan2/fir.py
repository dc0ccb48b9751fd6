"""Sampling up and down with the binomial filter [1, 3, 3, 1], which leaves out what would alias.

A binomial filter is a mean of neighbours, taken again and again: [1, 1] three times over is
[1, 3, 3, 1]. All operations are linear, right in their second derivatives on every backend, and
need nothing but what Keras brings.

Source: Karras et al. 2020, arXiv 1912.04958, appendix B; Zhang 2019, arXiv 1904.11486.
"""

from typing import Any

import keras
import numpy as np
from keras import ops


def smooth(features: Any, order: int, strides: int = 1) -> Any:
    """Convolve every channel with a binomial filter along both axes, without padding.

    Args:
        features: `(batch, height, width, channels)`.
        order: 2 is [1, 2, 1] / 4, 3 is [1, 3, 3, 1] / 8.
        strides: every so many pixels are kept of the result.

    Returns:
        `(batch, (height - order - 1) // strides + 1, …, channels)`.
    """
    if keras.backend.backend() == "jax":
        # XLA computes a depthwise convolution, and its gradient, fifteen times as slowly on a CPU.
        for last in (False,) * (order - 1) + (True,):
            features = ops.average_pool(features, 2, strides if last else 1, "valid")
        return features
    taps = np.array([1.0])
    for _ in range(order):
        taps = np.convolve(taps, [0.5, 0.5])
    kernel = np.tile(np.outer(taps, taps)[:, :, None, None], (1, 1, features.shape[-1], 1))
    kernel = ops.cast(ops.convert_to_tensor(kernel), features.dtype)
    return ops.depthwise_conv(features, kernel, strides, padding="valid")


def pad(features: Any, before: int, after: int) -> Any:
    """Put zeros around `(batch, height, width, channels)`: so many above and left, and behind."""
    return ops.pad(features, ((0, 0), (before, after), (before, after), (0, 0)))


def upsample(pictures: Any) -> Any:
    """Double height and width: each pixel is three parts its own and one part its neighbour's.

    Repeating every pixel is the first of the filter's three means. Beyond the border is 0.
    """
    batch, height, width, channels = ops.shape(pictures)
    apart = ops.reshape(pictures, (batch, height, 1, width, 1, channels))
    repeated = ops.broadcast_to(apart, (batch, height, 2, width, 2, channels))
    repeated = ops.reshape(repeated, (batch, 2 * height, 2 * width, channels))
    return smooth(pad(repeated, 1, 1), order=2)


def downsample(features: Any) -> Any:
    """Halve height and width; beyond the border is 0."""
    return smooth(pad(features, 1, 1), order=3, strides=2)
