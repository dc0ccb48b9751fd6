"""The generators of two tutorials that many have trained with, for files of weights alone.

Both have instance normalisation with scale and offset and tensorflow-addons' epsilon of 1e-3.
"""

from typing import Any

import keras
from keras import layers

from artnb.models.layers import InstanceNormalization, ReflectionPadding2D

_EPSILON = 1e-3
# LeakyReLU's slope in Keras where nobody gives one.
_SLOPE = 0.3
# Channels of the downsamplings, in multiples of the first's.
_FACTORS = (1, 2, 4, 8, 8, 8, 8, 8)
_WITH_DROPOUT = 3


def kaggle_unet(filters: int = 64, epsilon: float = _EPSILON) -> keras.Model:
    """Build the generator of Kaggle's "Monet CycleGAN Tutorial": down eight times, up again.

    TensorFlow's own tutorial has the same with another epsilon, 1e-5.

    Args:
        filters: channels after the first downsampling.
        epsilon: of the norms.

    Returns:
        A model of pictures whose sides are multiples of 256.

    Source: Amy Jang, kaggle.com/code/amyjang/monet-cyclegan-tutorial, after Isola et al. 2017.
    """
    features = pictures = keras.Input((None, None, 3))
    passed_on = []
    for level, factor in enumerate(_FACTORS):
        features = _down(factor * filters, epsilon if level else None)(features)
        passed_on.append(features)
    passed_on.pop()
    for number, factor in enumerate(reversed(_FACTORS[:-1])):
        features = _up(factor * filters, epsilon, number < _WITH_DROPOUT)(features)
        features = layers.Concatenate()([features, passed_on.pop()])
    painted = layers.Conv2DTranspose(3, 4, 2, "same", activation="tanh")(features)
    return keras.Model(pictures, painted)


def _down(filters: int, epsilon: float | None) -> keras.Sequential:
    convolution = layers.Conv2D(filters, 4, 2, "same", use_bias=False)
    norm = [InstanceNormalization(epsilon, affine=True)] if epsilon is not None else []
    return keras.Sequential([convolution, *norm, layers.LeakyReLU(_SLOPE)])


def _up(filters: int, epsilon: float, has_dropout: bool) -> keras.Sequential:
    convolution = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)
    norm = InstanceNormalization(epsilon, affine=True)
    dropout = [layers.Dropout(0.5)] if has_dropout else []
    return keras.Sequential([convolution, norm, *dropout, layers.ReLU()])


def keras_io_resnet(filters: int = 64, blocks: int = 9) -> keras.Model:
    """Build the generator of the CycleGAN example of keras.io.

    Unlike the authors' it has no biases but the last, and pads like Keras' "same".

    Args:
        filters: channels after the first convolution.
        blocks: residual blocks.

    Returns:
        A model of pictures whose sides are multiples of 4.

    Source: A. K. Nain, keras.io/examples/generative/cyclegan.
    """
    pictures = keras.Input((None, None, 3))
    features = _normed(_convolution(filters, 7), ReflectionPadding2D(3)(pictures))
    for factor in (2, 4):
        features = _normed(_convolution(factor * filters, 3, 2, "same"), features)
    for _ in range(blocks):
        residual = _normed(_convolution(4 * filters, 3), ReflectionPadding2D(1)(features))
        residual = _convolution(4 * filters, 3)(ReflectionPadding2D(1)(residual))
        residual = InstanceNormalization(_EPSILON, affine=True)(residual)
        features = layers.Add()([features, residual])
    for factor in (2, 1):
        up = layers.Conv2DTranspose(factor * filters, 3, 2, "same", use_bias=False)
        features = _normed(up, features)
    painted = layers.Conv2D(3, 7)(ReflectionPadding2D(3)(features))
    return keras.Model(pictures, layers.Activation("tanh")(painted))


def _convolution(filters: int, kernel: int, strides: int = 1, padding: str = "valid") -> Any:
    return layers.Conv2D(filters, kernel, strides, padding, use_bias=False)


def _normed(layer: keras.Layer, features: Any) -> Any:
    return layers.ReLU()(InstanceNormalization(_EPSILON, affine=True)(layer(features)))
