"""Two convolutions that give Keras' numbers, to rounding, in a fraction of the time."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from artnb.platform.machine import accelerators

# What the two rows of a block of pixels, by the row of the kernel, take of two rows of the small
# picture: those of a block lie on either side of the edge between two small pixels.
_BLOCK = np.array([[[1, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 1, 1]]], np.float32)
# The same of a transposed 3×3 convolution: its even rows take the kernel's outer ones, odd ones
# the one in the middle.
_SPREAD = np.array([[[0, 0, 1], [1, 0, 0]], [[0, 0, 0], [0, 1, 0]]], np.float32)


def transposed_convolution(features: Any, kernel: Any) -> Any:
    """Put zeros between pixels and convolve 3×3: a transposed convolution with strides of 2.

    On JAX it is computed as one 2×2 convolution to four times the channels: the gradient of a
    transposed one by its kernel takes XLA fifteen times as long on a CPU.

    Args:
        features: `(batch, height, width, channels)`.
        kernel: `(3, 3, channels, filters)`.

    Returns:
        `(batch, 2 * height + 1, 2 * width + 1, filters)`.
    """
    if keras.backend.backend() != "jax":
        turned = ops.transpose(kernel, (0, 1, 3, 2))
        return ops.conv_transpose(features, turned, 2, padding="valid")
    return _crop(_in_blocks(features, kernel, _SPREAD, "constant"), 0, 1)


def _in_blocks(features: Any, kernel: Any, block: np.ndarray, mode: str) -> Any:
    """Make a block of 2×2 pixels of each 2×2 of the features, which a pixel continues."""
    filters = kernel.shape[-1]
    folded = ops.einsum("pik,qjl,klco->ijcpqo", *2 * [ops.cast(block, kernel.dtype)], kernel)
    folded = ops.reshape(folded, (2, 2, kernel.shape[2], 4 * filters))
    padded = ops.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)), mode=mode)
    return _pixels(ops.conv(padded, folded, padding="valid"), filters)


@keras.saving.register_keras_serializable("artnb")
class UpsamplingConvolution(layers.Conv2D):
    """Repeat every pixel 2×2, continue the picture by a pixel on every side, and convolve 3×3.

    A block of 2×2 pixels sees no more than 2×2 of the small picture, so that one 2×2 convolution
    of it to four times the channels is enough: 16 products where there were 36.

    Args:
        filters: channels of the result.
        edges: `"zero"`, or `"reflect"`: what the doubled picture continues with.
    """

    def __init__(
        self, filters: int, kernel_size: int = 3, edges: str = "zero", **kwargs: Any
    ) -> None:
        super().__init__(filters, kernel_size, **kwargs)
        self.edges = edges

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Give `(batch, 2 * height, 2 * width, filters)`."""
        # The doubled picture mirrored at its outermost pixels is the small one, they repeated.
        mode = "symmetric" if self.edges == "reflect" else "constant"
        return _crop(_in_blocks(inputs, kernel, _BLOCK, mode), 1, 2)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape of the doubled picture."""
        batch, height, width, _ = input_shape
        return (batch, *(edge and 2 * edge for edge in (height, width)), self.filters)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "edges": self.edges}


@keras.saving.register_keras_serializable("artnb")
class NarrowConvolution(layers.Conv2D):
    """Convolve to very few channels, such as RGB, without padding or strides.

    To TensorFlow's CPU a convolution is a product of matrices with as many columns as there are
    channels, and of 3 it makes 8 thousand million operations a second, 3 of the gradients', where
    it reaches 50. A transposed convolution with the kernel turned gives the same, and has kernel²
    times as many columns.
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Give `(batch, height - edge + 1, width - edge + 1, filters)`."""
        if keras.backend.backend() != "tensorflow" or accelerators():
            return super().convolution_op(inputs, kernel)
        turned = ops.transpose(ops.flip(ops.flip(kernel, 0), 1), (0, 1, 3, 2))
        edge = kernel.shape[0]
        return _crop(ops.conv_transpose(inputs, turned, padding="same"), edge // 2, edge - 1)


def _pixels(blocks: Any, channels: int) -> Any:
    """Lay out blocks of 2×2 pixels, each `(row, column, channel)` in one place, as a picture."""
    batch, height, width, _ = ops.shape(blocks)
    rows = ops.reshape(blocks, (batch * height, width, 2, 2 * channels))
    return ops.reshape(ops.transpose(rows, (0, 2, 1, 3)), (batch, 2 * height, 2 * width, channels))


def _crop(features: Any, first: int, fewer: int) -> Any:
    """Keep what begins at a row and column; by a slice, since its gradient is fast."""
    batch, height, width, channels = ops.shape(features)
    return ops.slice(
        features, (0, first, first, 0), (batch, height - fewer, width - fewer, channels)
    )
