"""Every operation that a loss with a gradient in it may use: R1 differentiates twice.

Each is a function of pictures `x` and weights `w`, with their shapes. To use another operation, or
another layer in a discriminator, add a line here; `test_second_derivatives.py` says if a backend
differentiates it wrongly.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from keras import layers, ops

from artnb.models.convolutions import (
    NarrowConvolution,
    UpsamplingConvolution,
    transposed_convolution,
)
from artnb.models.layers import (
    DropFirst,
    GroupNormalization,
    InstanceNormalization,
    LeakyReLU,
    ReflectionPadding2D,
    normalise,
)
from artnb.models.stylegan2.fir import downsample, smooth, upsample
from artnb.models.stylegan2.layers import (
    Activation,
    EqualizedConvolution,
    EqualizedDense,
    MinibatchDeviation,
    UnitVariance,
)
from artnb.training.ada_resampling import resample
from artnb.training.ada_transformations import recolour
from artnb.training.diffaugment import change_colour, cut_out, translate
from artnb.training.losses import mean_absolute_error

PICTURES = (2, 6, 6, 4)
_DRAW = np.array([[0.2, 0.9], [0.7, 0.4], [0.8, 0.1]])
_INVERSE = np.array([
    [[0.9, -0.3, 0.7], [0.4, 1.2, -1.3], [0, 0, 1]],
    [[0.2, -0.8, 1.6], [0.7, 0.1, 0.2], [0, 0, 1]],
])  # fmt: skip
_COLOURS = np.array([
    [[0.6, 0.3, -0.2, 0.1], [0.1, 1.2, 0.2, 0.3], [-0.4, 0.2, 0.9, 0]],
    [[-0.6, 0.3, 0.2, 0], [0.4, 0.2, 0.2, -0.1], [0.5, 0.2, -0.9, 0.2]],
])  # fmt: skip
_FIR = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64


class Operation(NamedTuple):
    """A function of pictures and weights."""

    function: Callable[[Any, Any], Any]
    weights: tuple[int, ...] = (4,)
    pictures: tuple[int, ...] = PICTURES


def scaled(function: Callable[[Any], Any], **shapes: Any) -> Operation:
    """Give what has no weights of its own some: a scale before it, another for each pixel.

    With one for each channel, errors cancel in a norm that takes its mean for a constant.
    """
    return Operation(lambda x, w: function(x * w), weights=PICTURES[1:], **shapes)


def _modulated(x: Any, w: Any) -> Any:
    """StyleGAN2's convolution: weights scaled by a style and demodulated, as batched products.

    Source: Karras et al. 2020, arXiv 1912.04958, section 2.2.
    """
    styles = ops.mean(x, axis=(1, 2))
    kernels = w[None] * (styles[:, :, None] + 1.5)
    kernels = kernels * ops.rsqrt(ops.sum(ops.square(kernels), axis=1, keepdims=True) + 1e-8)
    batch, height, width, channels = x.shape
    rows = ops.reshape(x, (batch, height * width, channels))
    return ops.reshape(ops.matmul(rows, kernels), (batch, height, width, -1))


def _grouped(x: Any, w: Any) -> Any:
    """Do the same with one convolution whose groups are the batch."""
    batch, height, width, _ = x.shape
    side_by_side = ops.reshape(ops.transpose(x, (1, 2, 0, 3)), (1, height, width, -1))
    return ops.conv(side_by_side, ops.concatenate([w] * batch, axis=-1), padding="same")


def _filtered(x: Any, strides: int) -> Any:
    kernel = ops.cast(np.tile(_FIR[..., None, None], (1, 1, x.shape[-1], 1)), x.dtype)
    return ops.depthwise_conv(x, kernel, strides=strides, padding="same")


def _by_moments(x: Any) -> Any:
    mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
    return (x - mean) * ops.rsqrt(variance + 1e-5)


def _drawn(function: Callable[..., Any]) -> Callable[[Any], Any]:
    def changed(x: Any) -> Any:
        count = 3 if function is change_colour else 2
        return function(x, *(ops.cast(row, x.dtype) for row in _DRAW[:count]))

    return changed


def _augmented(x: Any, w: Any) -> Any:
    """Place and recolour what a convolution made, and judge it by another."""
    placed = resample(ops.conv(x, w, padding="same"), _INVERSE)
    recoloured = recolour(placed[..., :3], _COLOURS)
    return ops.softplus(ops.conv(ops.concatenate([recoloured, placed[..., 3:]], -1), w))


OPERATIONS = {
    "convolution": Operation(lambda x, w: ops.conv(x, w, padding="valid"), (3, 3, 4, 3)),
    "convolution to few channels": Operation(NarrowConvolution(3, 3).convolution_op, (3, 3, 4, 3)),
    "doubling convolution": Operation(
        UpsamplingConvolution(3, edges="reflect").convolution_op, (3, 3, 4, 3)
    ),
    "strided convolution": Operation(lambda x, w: ops.conv(x, w, strides=2), (4, 4, 4, 3)),
    "depthwise convolution": Operation(ops.depthwise_conv, (3, 3, 4, 2)),
    "transposed convolution": Operation(
        lambda x, w: ops.conv_transpose(x, w, strides=2, padding="valid"), (3, 3, 3, 4)
    ),
    "transposed convolution in blocks": Operation(transposed_convolution, (3, 3, 4, 3)),
    "matrix product": Operation(ops.matmul, (4, 5)),
    "einsum": Operation(lambda x, w: ops.einsum("bij,bjwc->biwc", ops.stack([w, w]), x), (5, 6)),
    "tensordot": Operation(lambda x, w: ops.tensordot(w, x, [[1], [1]]), (5, 6)),
    "instance norm": scaled(lambda x: normalise(x, (1, 2), 1e-5)),
    "affine instance norm": Operation(lambda x, w: normalise(x, (1, 2), 1e-5) * w + w),
    "group norm": scaled(GroupNormalization(2, dtype="float64")),
    "leaky ReLU": scaled(LeakyReLU(0.2, dtype="float64")),
    "ReLU": scaled(ops.relu),
    "softplus": scaled(ops.softplus),
    "tanh": scaled(ops.tanh),
    "sigmoid": scaled(ops.sigmoid),
    "L1": scaled(lambda x: ops.square(mean_absolute_error(x, 0.1) + 0.5)),
    "clip": scaled(lambda x: ops.square(ops.clip(x, -0.5, 0.5))),
    "reflection padding": scaled(ReflectionPadding2D(2, dtype="float64")),
    "zero padding": scaled(lambda x: ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))),
    "first row and column dropped": scaled(DropFirst(dtype="float64")),
    "nearest upsampling": scaled(layers.UpSampling2D(2, dtype="float64")),
    "mirrored and turned": scaled(lambda x: ops.flip(ops.transpose(x, (0, 2, 1, 3)), (1, 2))),
    "depth to space": scaled(lambda x: ops.depth_to_space(x, 2)),
    "average pooling": scaled(lambda x: ops.average_pool(x, 2, 2)),
    "mean": scaled(lambda x: ops.mean(x, axis=(1, 2, 3))),
    "sum, split, concatenation": scaled(
        lambda x: ops.concatenate([*ops.split(x, 2), ops.sum(x, axis=0, keepdims=True)])
    ),
    "reshape, take, stack, where": scaled(
        lambda x: ops.where(
            ops.stack([True, False]), ops.stack([x, ops.take(x, [0, 2, 1, 1], axis=3)], -1), 0.3
        )
    ),
    "DiffAugment's colours": scaled(_drawn(change_colour)),
    "DiffAugment's translation": scaled(_drawn(translate)),
    "DiffAugment's cutout": scaled(_drawn(cut_out)),
    "ADA's places and colours": Operation(_augmented, (3, 3, 4, 4)),
    "modulated convolution": Operation(_modulated, (4, 5)),
    "grouped convolution": Operation(_grouped, (3, 3, 4, 2)),
    "minibatch deviation": scaled(MinibatchDeviation(dtype="float64")),
    "FIR filter": scaled(lambda x: _filtered(x, 1)),
    "FIR filter, then half the size": scaled(lambda x: _filtered(x, 2)),
    "binomial filter": scaled(lambda x: smooth(x, order=2)),
    "StyleGAN2's doubling": scaled(upsample),
    "StyleGAN2's halving": scaled(downsample),
    "root": scaled(lambda x: ops.sqrt(ops.sum(ops.square(x), axis=-1) + 1e-8)),
    "repetition": scaled(
        lambda x: ops.tile(x, (1, 2, 1, 1)) * ops.broadcast_to(x[:1, :1], (2, 12, 6, 4))
    ),
    "reciprocal root": scaled(lambda x: ops.rsqrt(ops.sum(ops.square(x), -1) + 1e-8)),
}
# How TensorFlow 2.21 differentiates these, seen here: no loss may use them.
WRONG_ON_TENSORFLOW = {
    "a norm by moments": scaled(_by_moments),
    "bilinear resize": scaled(lambda x: ops.image.resize(x, (9, 9), interpolation="bilinear")),
    "affine transform": scaled(
        lambda x: ops.image.affine_transform(
            x, ops.cast(np.array([[1.3, 0, -1, 0, 1.3, -1, 0, 0]] * x.shape[0]), x.dtype)
        )
    ),
}
# The layers of discriminators by the operations above that they consist of.
LAYERS = {
    layers.InputLayer: (),
    layers.Conv2D: ("convolution", "strided convolution"),
    NarrowConvolution: ("convolution to few channels",),
    layers.ZeroPadding2D: ("zero padding",),
    LeakyReLU: ("leaky ReLU",),
    layers.ReLU: ("ReLU",),
    layers.Activation: ("tanh", "sigmoid"),
    layers.Dense: ("matrix product",),
    layers.Flatten: ("reshape, take, stack, where",),
    layers.Reshape: ("reshape, take, stack, where",),
    layers.AveragePooling2D: ("average pooling",),
    layers.Concatenate: ("sum, split, concatenation",),
    layers.Add: ("sum, split, concatenation",),
    InstanceNormalization: ("instance norm", "affine instance norm"),
    GroupNormalization: ("group norm",),
    ReflectionPadding2D: ("reflection padding",),
    layers.Rescaling: ("sum, split, concatenation",),
    layers.Dot: ("matrix product",),
    Activation: ("leaky ReLU", "clip"),
    EqualizedConvolution: ("convolution", "strided convolution", "zero padding", "binomial filter"),
    EqualizedDense: ("matrix product",),
    MinibatchDeviation: ("minibatch deviation",),
    UnitVariance: ("reciprocal root",),
    DropFirst: ("first row and column dropped",),
}
# What `keras.ops` gives without a gradient.
WITHOUT_GRADIENT = frozenset({
    "all", "any", "arange", "argmax", "argsort", "cast", "convert_to_numpy", "convert_to_tensor",
    "custom_gradient", "floor", "isfinite", "logical_and", "logical_or", "map", "max", "minimum",
    "one_hot", "shape", "sign", "stop_gradient", "zeros", "zeros_like",
})  # fmt: skip
# What is done with draws, or with gradients as they are, by which nothing is differentiated.
OF_DRAWS = frozenset(
    {"nan_to_num", "unstack", "abs", "cos", "maximum", "ones_like", "power", "round", "sin", "sqrt"}
)
# What the operations above consist of.
FUNCTIONS = frozenset({
    "average_pool", "broadcast_to", "clip", "concatenate", "conv", "conv_transpose",
    "depth_to_space", "depthwise_conv", "einsum", "flip", "matmul", "mean", "pad", "relu",
    "reshape", "rsqrt", "sigmoid", "slice", "softplus", "split", "sqrt", "square", "stack", "sum",
    "take", "tanh", "tensordot", "tile", "transpose", "where",
})  # fmt: skip
