"""CycleGAN's networks: ResNet and U-Net generators, the PatchGAN discriminator.

Source: Zhu et al. 2017, arXiv 1703.10593, section 4 and appendix 7.2, and the authors' PyTorch
code, whose padding decides which positions are sampled: Keras' "same" would take others, and
published weights would not fit.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import keras
from keras import layers

from artnb.models.convolutions import NarrowConvolution, UpsamplingConvolution
from artnb.models.layers import (
    ConditionalInstanceNormalization,
    DropFirst,
    GroupNormalization,
    InstanceNormalization,
    LeakyReLU,
    ReflectionPadding2D,
)

# Wu and He 2018, arXiv 1803.08494, table 3: about 32 groups do best.
_MOST_GROUPS = 32


@dataclass(frozen=True)
class Style:
    """What all convolutions of a network have in common.

    Args:
        padding: `"zero"` as in the paper, or `"reflect"` everywhere: small networks trained
            for minutes show zero padding as stripes along the borders.
        norm: `"instance"` as in the paper, `"group"`, or `"none"`.
        affine: whether norms learn a scale around 1 and an offset; the paper's do not.
        epsilon: of the norms.
        styles: among so many instance norms choose scale and offset; 0 where they do not.
        chosen: the Keras tensor that says which style each picture gets.
    """

    padding: str = "zero"
    norm: str = "instance"
    affine: bool = False
    epsilon: float = 1e-5
    styles: int = 0
    chosen: Any = None

    def pad(self, features: Any) -> Any:
        """Pad one pixel on every side."""
        reflect = self.padding == "reflect"
        return (ReflectionPadding2D(1) if reflect else layers.ZeroPadding2D(1))(features)

    def normalise(self, features: Any) -> Any:
        """Apply the norm."""
        if self.norm == "none":
            return features
        if self.styles:
            norm = ConditionalInstanceNormalization(self.styles, self.epsilon)
            return norm([features, self.chosen])
        if self.norm == "instance":
            return InstanceNormalization(self.epsilon, self.affine)(features)
        groups = math.gcd(features.shape[-1], _MOST_GROUPS)
        return GroupNormalization(groups, self.epsilon, self.affine)(features)

    def convolve(self, features: Any, filters: int, kernel: int, strides: int = 1) -> Any:
        """Convolve without padding."""
        layer = layers.Conv2D(filters, kernel, strides, kernel_initializer=_initializer())
        return layer(features)

    def convolve_to_few(self, features: Any, filters: int, kernel: int) -> Any:
        """Convolve to a picture's channels or a verdict's one, without padding."""
        return NarrowConvolution(filters, kernel, kernel_initializer=_initializer())(features)

    def norm_relu(self, features: Any) -> Any:
        """Apply norm and ReLU."""
        return layers.ReLU()(self.normalise(features))

    def upsample(self, features: Any, filters: int, upsampling: str) -> Any:
        """Double height and width."""
        if upsampling == "resize":
            layer = UpsamplingConvolution(
                filters, edges=self.padding, kernel_initializer=_initializer()
            )
            return layer(features)
        transposed = layers.Conv2DTranspose(filters, 3, 2, kernel_initializer=_initializer())
        # The first row and column go: PyTorch's padding 1 with output_padding 1.
        return DropFirst()(transposed(features))


def _initializer() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def _paint(features: Any, style: Style) -> Any:
    """End a generator: 7×7 convolution to RGB and tanh, in float32."""
    painted = style.convolve_to_few(ReflectionPadding2D(3)(features), 3, 7)
    return layers.Activation("tanh", dtype="float32")(painted)


def resnet_generator(
    name: str,
    filters: int = 64,
    blocks: int = 9,
    upsampling: str = "transposed",
    skips: bool = False,
    style: Style = Style(),
) -> keras.Model:
    """Build the paper's generator: down twice, residual blocks, up twice.

    Args:
        name: of the model, such as `"generator_g"`.
        filters: channels after the first convolution; four times as many in the blocks.
        blocks: residual blocks; 9 for 256 px, 6 for 128 px.
        upsampling: `"transposed"` convolutions as in the paper, or `"resize"` and convolve,
            which leaves no checkerboard (Odena et al. 2016, distill.pub).
        skips: hand what was seen before each downsampling to the upsampling of the same size,
            as in a U-Net. Not in the paper; edges are sharp within minutes instead of hours.
        style: padding and norm.

    Returns:
        A model from `(batch, height, width, 3)` to the same shape, both in [-1, 1]; height
        and width are multiples of 4. The output is float32 in every precision. With several
        styles there is a second input, int32 `(batch,)`, which style each picture gets.
    """
    pictures = keras.Input((None, None, 3))
    inputs = pictures
    if style.styles:
        style = replace(style, chosen=keras.Input((), dtype="int32"))
        inputs = [pictures, style.chosen]
    features = style.convolve(ReflectionPadding2D(3)(pictures), filters, 7)
    features = style.norm_relu(features)
    passed_on = []
    for factor in (2, 4):
        passed_on.append(features)
        features = style.convolve(style.pad(features), factor * filters, 3, strides=2)
        features = style.norm_relu(features)
    for _ in range(blocks):
        features = _residual_block(features, style)
    for factor in (2, 1):
        features = style.upsample(features, factor * filters, upsampling)
        features = style.norm_relu(features)
        if skips:
            features = layers.Concatenate()([features, passed_on.pop()])
    return keras.Model(inputs, _paint(features, style), name=name)


def _residual_block(features: Any, style: Style) -> Any:
    filters = features.shape[-1]
    residual = style.convolve(ReflectionPadding2D(1)(features), filters, 3)
    residual = style.norm_relu(residual)
    residual = style.convolve(ReflectionPadding2D(1)(residual), filters, 3)
    return layers.Add()([features, style.normalise(residual)])


def unet_generator(
    name: str,
    filters: int = 64,
    depth: int = 7,
    upsampling: str = "transposed",
    style: Style = Style(),
) -> keras.Model:
    """Build a U-Net generator: down `depth` times, up again, with a skip at every size.

    Args:
        name: of the model.
        filters: channels after the first downsampling; doubled up to eight times as many.
        depth: downsamplings; pictures must be multiples of 2^depth. pix2pix has 8 at 256 px.
        upsampling: as for `resnet_generator`.
        style: padding and norm.

    Returns:
        A model from `(batch, height, width, 3)` to the same shape, both in [-1, 1].

    Source: Isola et al. 2017, arXiv 1611.07004, appendix 6.1. Deviations: 3×3 kernels on the
    way up, no dropout, and no norm at the innermost size, where instance norm of one pixel
    would erase it.
    """
    pictures = keras.Input((None, None, 3))
    features, passed_on = pictures, []
    for level in range(depth):
        if level:
            features = LeakyReLU(0.2)(features)
        features = style.convolve(style.pad(features), _unet_filters(filters, level), 4, 2)
        if 0 < level < depth - 1:
            features = style.normalise(features)
        passed_on.append(features)
    passed_on.pop()
    for level in reversed(range(depth - 1)):
        features = layers.ReLU()(features)
        features = style.upsample(features, _unet_filters(filters, level), upsampling)
        features = layers.Concatenate()([style.normalise(features), passed_on.pop()])
    features = style.upsample(layers.ReLU()(features), filters, upsampling)
    return keras.Model(pictures, _paint(style.norm_relu(features), style), name=name)


def _unet_filters(filters: int, level: int) -> int:
    return filters * min(2**level, 8)


def patch_discriminator(
    name: str,
    filters: int = 64,
    downsamplings: int = 3,
    style: Style = Style(),
) -> keras.Model:
    """Build the discriminator that judges overlapping patches.

    Args:
        name: of the model, such as `"discriminator_y"`.
        filters: channels after the first convolution.
        downsamplings: convolutions of stride 2: 3 judges patches of 70×70 pixels as in the paper,
            2 of 34×34, 1 of 16×16.
        style: padding and norm.

    Returns:
        A model from `(batch, height, width, 3)` in [-1, 1] to float32 logits
        `(batch, height / 8 - 2, width / 8 - 2, 1)` for three downsamplings: 30×30 for 256 px.
    """
    pictures = keras.Input((None, None, 3))
    features = LeakyReLU(0.2)(style.convolve(style.pad(pictures), filters, 4, 2))
    for level in range(1, downsamplings + 1):
        strides = 2 if level < downsamplings else 1
        features = style.convolve(style.pad(features), filters * min(2**level, 8), 4, strides)
        features = LeakyReLU(0.2)(style.normalise(features))
    logits = style.convolve_to_few(style.pad(features), 1, 4)
    return keras.Model(pictures, layers.Activation("linear", dtype="float32")(logits), name=name)
