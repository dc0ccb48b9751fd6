"""Mapping, synthesis and discriminator of StyleGAN2, and a generator of the first two.

Source: Karras et al. 2020, arXiv 1912.04958, sections 2 and 4: skip generator, residual
discriminator; sizes as in Karras et al. 2020, arXiv 2006.06676. Deviation: noise comes in from
outside, so that a network is a function of its inputs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from artnb.models.stylegan2.fir import upsample
from artnb.models.stylegan2.layers import (
    Activation,
    AverageW,
    Bias,
    EqualizedConvolution,
    EqualizedDense,
    LearntConstant,
    MinibatchDeviation,
    ModulatedConvolution,
    Noise,
    UnitVariance,
    full_precision,
)

# How fast the mapping network learns beside the rest.
_MAPPING_LR_MULTIPLIER = 0.01
# Both branches of a residual block are added: each has half the variance.
_BRANCH_GAIN = math.sqrt(0.5)


@dataclass(frozen=True)
class Sizes:
    """How large the networks are.

    Args:
        size_px: edge of the pictures, a power of two from 8.
        z_size: numbers of a latent z.
        w_size: numbers of a latent w.
        mapping_layers: of the mapping network.
        channel_base: a resolution has this over its edge as channels,
        channel_max: but at most so many.
        group: pictures compared by the minibatch deviation.
        classes: kinds of pictures that are told apart; 0 is none.
    """

    size_px: int
    z_size: int = 512
    w_size: int = 512
    mapping_layers: int = 8
    channel_base: int = 16384
    channel_max: int = 512
    group: int = 4
    classes: int = 0

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Edges of the blocks' features: 4, 8 … `size_px`."""
        return tuple(2**level for level in range(2, int(math.log2(self.size_px)) + 1))

    def channels(self, resolution: int) -> int:
        """Give the channels at a resolution."""
        return max(1, min(self.channel_base // resolution, self.channel_max))

    @property
    def noise_px(self) -> tuple[int, ...]:
        """Edges of the noise, one for each 3×3 convolution of the synthesis."""
        return (4, *(px for px in self.resolutions[1:] for _ in range(2)))

    @property
    def w_count(self) -> int:
        """How many w a picture takes: one for each convolution, the last also for its colours."""
        return len(self.noise_px) + 1


def build_mapping(sizes: Sizes, name: str = "mapping") -> keras.Model:
    """Build what turns z into w.

    Returns:
        A model from z, float32 `(batch, z_size)` from N(0, 1), to w, float32 `(batch, w_size)`;
        with classes from `[z, class]`, the class one-hot, float32 `(batch, classes)`.
    """
    full = _full()
    z = keras.Input((sizes.z_size,), name="z")
    inputs, latent = [z], UnitVariance(dtype=full)(z)
    if sizes.classes:
        kind = keras.Input((sizes.classes,), name="class")
        inputs.append(kind)
        embedded = _embed(kind, sizes.w_size)
        latent = layers.Concatenate(dtype=full)([latent, embedded])
    w = AverageW(name="average_w", dtype=full)(_map(latent, sizes.w_size, sizes.mapping_layers))
    return keras.Model(inputs if sizes.classes else z, w, name=name)


def _full() -> str:
    """Give what latents, colours and logits are computed in, whatever the rest is."""
    return full_precision(keras.config.dtype_policy().compute_dtype)


def _embed(kind: Any, size: int) -> Any:
    """Turn a class, one-hot, into a vector."""
    return UnitVariance(dtype=_full())(EqualizedDense(size, dtype=_full(), name="embed")(kind))


def _map(latent: Any, size: int, count: int) -> Any:
    """Send a vector through so many layers that learn slowly."""
    for number in range(count):
        dense = EqualizedDense(size, _MAPPING_LR_MULTIPLIER, dtype=_full(), name=f"dense_{number}")
        latent = Activation(dtype=_full())(dense(latent))
    return latent


def build_synthesis(sizes: Sizes, name: str = "synthesis") -> keras.Model:
    """Build what turns w and noise into pictures.

    Returns:
        A model from `[ws, *noises]` to pictures, float32 `(batch, size_px, size_px, 3)`, mostly in
        [-1, 1]: `ws` float32 `(batch, w_count, w_size)`, and a noise `(batch or 1, px, px, 1)` for
        each of `noise_px`.
    """
    ws = keras.Input((sizes.w_count, sizes.w_size), name="ws")
    noises = [
        keras.Input((px, px, 1), name=f"noise_{place}") for place, px in enumerate(sizes.noise_px)
    ]
    of_place = [_Pick(place)(ws) for place in range(sizes.w_count)]
    features = LearntConstant(sizes.channels(4), name="constant_4")(of_place[0])
    pictures, place = None, 0
    for resolution in sizes.resolutions:
        steps = ("conv",) if resolution == 4 else ("up", "conv")
        for step in steps:
            convolution = ModulatedConvolution(
                sizes.channels(resolution), upsampling=step == "up", name=f"{step}_{resolution}"
            )
            features = convolution([features, of_place[place]])
            features = Noise(name=f"noise_{step}_{resolution}")([features, noises[place]])
            features = Activation()(Bias(name=f"bias_{step}_{resolution}")(features))
            place += 1
        pictures = _add_colours(features, of_place[place], pictures, resolution)
    return keras.Model([ws, *noises], pictures, name=name)


def _add_colours(features: Any, w: Any, pictures: Any, resolution: int) -> Any:
    """Add what a resolution has to say to the picture of half its size, in float32."""
    full = _full()
    convolution = ModulatedConvolution(3, 1, demodulate=False, name=f"rgb_{resolution}")
    colours = convolution([features, w])
    colours = Bias(dtype=full, name=f"bias_rgb_{resolution}")(colours)
    if pictures is None:
        return colours
    return layers.Add(dtype=full)([Upsampling(dtype=full)(pictures), colours])


@keras.saving.register_keras_serializable("artnb")
class Upsampling(layers.Layer):
    """Double height and width of pictures; see `upsample`."""

    def call(self, inputs: Any) -> Any:
        """Turn `(batch, height, width, 3)` into `(batch, 2 height, 2 width, 3)`."""
        return upsample(inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the doubled shape."""
        batch, height, width, channels = input_shape
        return (batch, 2 * height, 2 * width, channels)


@keras.saving.register_keras_serializable("artnb")
class _Pick(layers.Layer):
    """Take the w of one place out of all.

    Args:
        place: which.
    """

    def __init__(self, place: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place = place

    def call(self, inputs: Any) -> Any:
        """Turn `(batch, w_count, w_size)` into `(batch, w_size)`."""
        return inputs[:, self.place]

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "place": self.place}


def build_discriminator(sizes: Sizes, name: str = "discriminator") -> keras.Model:
    """Build what tells real pictures from generated ones.

    Returns:
        A model from pictures `(batch, size_px, size_px, 3)` to logits, float32 `(batch, 1)`; with
        classes from `[pictures, class]`.
    """
    pictures = keras.Input((sizes.size_px, sizes.size_px, 3), name="pictures")
    inputs, resolutions = [pictures], sizes.resolutions[::-1]
    features = EqualizedConvolution(sizes.channels(resolutions[0]), 1, name="from_rgb")(pictures)
    features = Activation()(features)
    for resolution in resolutions[:-1]:
        features = _residual_block(features, resolution, sizes)
    full = _full()
    features = MinibatchDeviation(sizes.group, dtype=full)(features)
    features = EqualizedConvolution(sizes.channels(4), dtype=full, name="conv_4")(features)
    features = layers.Flatten(dtype=full)(Activation(dtype=full)(features))
    features = EqualizedDense(sizes.channels(4), dtype=full, name="dense")(features)
    features = Activation(dtype=full)(features)
    if not sizes.classes:
        logits = EqualizedDense(1, dtype=full, name="logit")(features)
        return keras.Model(pictures, logits, name=name)
    kind = keras.Input((sizes.classes,), name="class")
    inputs.append(kind)
    verdicts = EqualizedDense(sizes.channels(4), dtype=full, name="logit")(features)
    return keras.Model(inputs, _for_class(verdicts, kind, sizes), name=name)


def _for_class(verdicts: Any, kind: Any, sizes: Sizes) -> Any:
    """Give the part of the verdicts that is about a class, by a projection (Miyato 2018)."""
    width, full = sizes.channels(4), _full()
    latent = _map(_embed(kind, width), width, sizes.mapping_layers)
    product = layers.Dot(axes=1, dtype=full)([verdicts, latent])
    return layers.Rescaling(1.0 / math.sqrt(width), dtype=full)(product)


def _residual_block(features: Any, resolution: int, sizes: Sizes) -> Any:
    """Halve the features' edge: two convolutions, beside one of 1×1."""
    kept, wanted = sizes.channels(resolution), sizes.channels(resolution // 2)
    passed = EqualizedConvolution(
        wanted, 1, downsampling=True, use_bias=False, name=f"skip_{resolution}"
    )(features)
    convolved = Activation()(EqualizedConvolution(kept, name=f"conv_{resolution}")(features))
    convolved = EqualizedConvolution(wanted, downsampling=True, name=f"down_{resolution}")(
        convolved
    )
    convolved = Activation(_BRANCH_GAIN)(convolved)
    return layers.Add()([layers.Rescaling(_BRANCH_GAIN)(passed), convolved])


class Generator(keras.Model):
    """Mapping and synthesis as one model, from z to pictures with the network's own noise.

    Args:
        sizes: how large it is.
        name: of the model.
    """

    # The number of the class whose pictures are wanted; None takes all classes in turn.
    only_class: int | None = None

    def __init__(self, sizes: Sizes, name: str = "generator") -> None:
        super().__init__(name=name)
        self.sizes = sizes
        self.mapping = build_mapping(sizes)
        self.synthesis = build_synthesis(sizes)
        self.noises = [layer for layer in self.synthesis.layers if isinstance(layer, Noise)]
        self.average_w = self.mapping.get_layer("average_w")
        self.built = True

    def call(self, z: Any, kind: Any = None, truncation: float = 1.0) -> Any:
        """Turn z, `(batch, z_size)`, into pictures; `kind` is the class, one-hot.

        A truncation below 1 pulls every w towards the average (Karras et al. 2019, appendix B).
        """
        return self.paint(self.truncated(self.w(z, kind), truncation))

    def w(self, z: Any, kind: Any = None) -> Any:
        """Turn z into w, float32 `(batch, w_size)`."""
        return self.mapping([z, kind] if self.sizes.classes else z)

    def truncated(self, w: Any, truncation: float) -> Any:
        """Pull w towards the average: 1 leaves it, 0 gives the average itself."""
        average = ops.convert_to_tensor(self.average_w.average)
        return average + (w - average) * truncation

    def paint(self, w: Any, noises: Sequence[Any] | None = None) -> Any:
        """Turn w into pictures.

        Args:
            w: `(batch, w_size)`, or `(batch, w_count, w_size)` with another one for each place.
            noises: as for `build_synthesis`; None is the network's own.
        """
        if len(w.shape) == 2:
            w = self.for_all_places(w)
        return self.synthesis([w, *(noises or self.own_noise(ops.shape(w)[0]))])

    def for_all_places(self, w: Any) -> Any:
        """Repeat w for every place: `(batch, w_count, w_size)`."""
        shape = (ops.shape(w)[0], self.sizes.w_count, self.sizes.w_size)
        return ops.broadcast_to(w[:, None], shape)

    def own_noise(self, count: int) -> list[Any]:
        """Give the noise that belongs to the network, for so many pictures."""
        constants = [ops.convert_to_tensor(noise.constant) for noise in self.noises]
        return [ops.broadcast_to(c[None], (count, *c.shape)) for c in constants]


def draw_z(seeds: Sequence[int], size: int) -> np.ndarray:
    """Draw a latent z for each seed: float32 `(len(seeds), size)`.

    NumPy's old generator never changes, and other programs for StyleGAN2 take it: a seed means the
    same picture there.
    """
    drawn = [np.random.RandomState(seed).randn(size) for seed in seeds]
    return np.stack(drawn).astype(np.float32)
