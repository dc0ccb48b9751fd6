"""CycleGAN's networks: the ResNet generator and the 70×70 PatchGAN discriminator.

Source: Zhu et al. 2017, arXiv 1703.10593, section 4 and appendix 7.2, and the authors' PyTorch
code, whose padding decides which positions are sampled: Keras' "same" would take others, and
published weights would not fit.
"""

from typing import Any

import keras
from keras import layers

from artnb.models.layers import InstanceNormalization, ReflectionPadding2D

UPSAMPLINGS = ("transposed", "resize")
PADDINGS = ("zero", "reflect")


def _initializer() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _pad(features: Any, padding: str) -> Any:
    layer = ReflectionPadding2D(1) if padding == "reflect" else layers.ZeroPadding2D(1)
    return layer(features)


def _convolution(features: Any, filters: int, kernel: int, strides: int = 1) -> Any:
    layer = layers.Conv2D(filters, kernel, strides, kernel_initializer=_initializer())
    return layer(features)


def _norm_relu(features: Any, epsilon: float) -> Any:
    return layers.ReLU()(InstanceNormalization(epsilon)(features))


def _residual_block(features: Any, epsilon: float) -> Any:
    filters = features.shape[-1]
    residual = _convolution(ReflectionPadding2D(1)(features), filters, 3)
    residual = _norm_relu(residual, epsilon)
    residual = _convolution(ReflectionPadding2D(1)(residual), filters, 3)
    residual = InstanceNormalization(epsilon)(residual)
    return layers.Add()([features, residual])


def _upsample(features: Any, filters: int, upsampling: str, padding: str) -> Any:
    if upsampling == "resize":
        doubled = layers.UpSampling2D(2, interpolation="nearest")(features)
        return _convolution(_pad(doubled, padding), filters, 3)
    transposed = layers.Conv2DTranspose(filters, 3, 2, kernel_initializer=_initializer())
    # The first row and column go: PyTorch's padding 1 with output_padding 1.
    return layers.Cropping2D(((1, 0), (1, 0)))(transposed(features))


def resnet_generator(
    name: str,
    filters: int = 64,
    blocks: int = 9,
    upsampling: str = "transposed",
    padding: str = "zero",
    norm_epsilon: float = 1e-5,
    skips: bool = False,
) -> keras.Model:
    """Build the generator that turns pictures of one domain into the other.

    Args:
        name: of the model, such as `"generator_g"`.
        filters: channels after the first convolution; four times as many in the blocks.
        blocks: residual blocks; 9 for 256 px, 6 for 128 px.
        upsampling: `"transposed"` convolutions as in the paper, or `"resize"` and convolve,
            which leaves no checkerboard (Odena et al. 2016, distill.pub).
        padding: `"zero"` as in the paper, or `"reflect"` everywhere: small networks trained
            for minutes show zero padding as stripes along the borders.
        norm_epsilon: of the instance normalisation.
        skips: hand what was seen before each downsampling to the upsampling of the same size,
            as in a U-Net (Ronneberger et al. 2015, arXiv 1505.04597). Not in the paper; edges
            are sharp within minutes instead of hours.

    Returns:
        A model from `(batch, height, width, 3)` to the same shape, both in [-1, 1]; height
        and width are multiples of 4. The output is float32 in every precision.
    """
    pictures = keras.Input((None, None, 3))
    features = _convolution(ReflectionPadding2D(3)(pictures), filters, 7)
    features = _norm_relu(features, norm_epsilon)
    passed_on = []
    for factor in (2, 4):
        passed_on.append(features)
        features = _convolution(_pad(features, padding), factor * filters, 3, strides=2)
        features = _norm_relu(features, norm_epsilon)
    for _ in range(blocks):
        features = _residual_block(features, norm_epsilon)
    for factor in (2, 1):
        features = _upsample(features, factor * filters, upsampling, padding)
        features = _norm_relu(features, norm_epsilon)
        if skips:
            features = layers.Concatenate()([features, passed_on.pop()])
    painted = _convolution(ReflectionPadding2D(3)(features), 3, 7)
    painted = layers.Activation("tanh", dtype="float32")(painted)
    return keras.Model(pictures, painted, name=name)


def patch_discriminator(
    name: str, filters: int = 64, padding: str = "zero", norm_epsilon: float = 1e-5
) -> keras.Model:
    """Build the discriminator that judges overlapping patches of 70×70 pixels.

    Args:
        name: of the model, such as `"discriminator_y"`.
        filters: channels after the first convolution.
        padding: `"zero"` as in the paper, or `"reflect"`.
        norm_epsilon: of the instance normalisation.

    Returns:
        A model from `(batch, height, width, 3)` in [-1, 1] to float32 logits
        `(batch, height / 8 - 2, width / 8 - 2, 1)`: 30×30 for 256 px.
    """
    pictures = keras.Input((None, None, 3))
    features = layers.LeakyReLU(0.2)(_convolution(_pad(pictures, padding), filters, 4, 2))
    for factor, strides in ((2, 2), (4, 2), (8, 1)):
        features = _convolution(_pad(features, padding), factor * filters, 4, strides)
        features = layers.LeakyReLU(0.2)(InstanceNormalization(norm_epsilon)(features))
    logits = _convolution(_pad(features, padding), 1, 4)
    logits = layers.Activation("linear", dtype="float32")(logits)
    return keras.Model(pictures, logits, name=name)
