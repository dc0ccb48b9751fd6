"""StyleGAN2's layers: equalised learning rates, modulated convolutions, noise, minibatch deviation.

Weights are drawn from N(0, 1) and scaled when they are used, by 1 / √(what comes in), so that Adam
moves all of them at the same pace.

Source: Karras et al. 2018, arXiv 1710.10196, section 4.1; Karras et al. 2020, arXiv 1912.04958,
section 2.2; Karras et al. 2020, arXiv 2006.06676, for the sizes and gains of its code.
"""

import math
from typing import Any

import keras
from keras import ops

from artnb.models.convolutions import transposed_convolution
from artnb.models.layers import LeakyReLU
from artnb.models.stylegan2.fir import downsample, pad, smooth

# What keeps the variance of a leaky ReLU's result: He et al. 2015.
GAIN = math.sqrt(2.0)
_EPSILON = 1e-8
# float16 ends at 65,504; a sum of squares gets there sooner.
_CLAMP = 256.0


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=1.0)


def full_precision(dtype: str) -> str:
    """Give float32 in place of half precision: for sums of squares, and for what is judged."""
    return keras.backend.result_type(dtype, "float32")


def _is_half(layer: keras.layers.Layer) -> bool:
    return layer.compute_dtype == "float16"


@keras.saving.register_keras_serializable("artnb")
class Activation(LeakyReLU):
    """Leaky ReLU with slope 0.2, times √2 and another gain.

    Args:
        gain: √½ for the branches of a residual block, which are added.
    """

    def __init__(self, gain: float = 1.0, **kwargs: Any) -> None:
        super().__init__(negative_slope=kwargs.pop("negative_slope", 0.2), **kwargs)
        self.gain = gain

    def call(self, inputs: Any) -> Any:
        """Scale what is not above 0, then all; in float16 nothing grows beyond 256."""
        activated = super().call(inputs) * (self.gain * GAIN)
        limit = self.gain * _CLAMP
        return ops.clip(activated, -limit, limit) if _is_half(self) else activated

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "gain": self.gain}


@keras.saving.register_keras_serializable("artnb")
class EqualizedDense(keras.layers.Layer):
    """A dense layer whose weights are scaled when they are used.

    Args:
        units: numbers that come out.
        lr_multiplier: how fast it learns beside others: weights are drawn larger by its inverse,
            and scaled by it.
        bias: what biases begin with.
    """

    def __init__(
        self, units: int, lr_multiplier: float = 1.0, bias: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.lr_multiplier, self.bias_init = units, lr_multiplier, bias

    def build(self, input_shape: tuple) -> None:
        """Make kernel and bias."""
        spread = keras.initializers.RandomNormal(stddev=1.0 / self.lr_multiplier)
        self.kernel = self.add_weight((input_shape[-1], self.units), spread, name="kernel")
        start = keras.initializers.Constant(self.bias_init / self.lr_multiplier)
        self.bias = self.add_weight((self.units,), start, name="bias")
        self.scale = self.lr_multiplier / math.sqrt(input_shape[-1])

    def call(self, inputs: Any) -> Any:
        """Turn `(batch, …, n)` into `(batch, …, units)`."""
        return ops.matmul(inputs, self.kernel * self.scale) + self.bias * self.lr_multiplier

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape with the last axis changed."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        own = {"units": self.units, "lr_multiplier": self.lr_multiplier, "bias": self.bias_init}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("artnb")
class EqualizedConvolution(keras.layers.Layer):
    """A convolution, zero padded, whose weights are scaled when they are used.

    Args:
        filters: channels that come out.
        kernel_size: 1 or 3.
        downsampling: halve height and width, smoothed before.
        use_bias: add a bias.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        downsampling: bool = False,
        use_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size = filters, kernel_size
        self.downsampling, self.use_bias = downsampling, use_bias

    def build(self, input_shape: tuple) -> None:
        """Make kernel and bias."""
        edge, channels = self.kernel_size, input_shape[-1]
        self.kernel = self.add_weight(
            (edge, edge, channels, self.filters), _normal(), name="kernel"
        )
        self.bias = (
            self.add_weight((self.filters,), "zeros", name="bias") if self.use_bias else None
        )
        self.scale = 1.0 / math.sqrt(edge * edge * channels)

    def call(self, inputs: Any) -> Any:
        """Turn `(batch, height, width, n)` into `(batch, height', width', filters)`."""
        kernel, strides, padding = self.kernel * self.scale, 1, "same"
        if self.downsampling and self.kernel_size == 1:
            inputs = downsample(inputs)
        elif self.downsampling:
            inputs, strides, padding = smooth(pad(inputs, 2, 2), order=3), 2, "valid"
        features = ops.conv(inputs, kernel, strides, padding)
        return features if self.bias is None else features + self.bias

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape after it."""
        factor = 2 if self.downsampling else 1
        edges = [edge and edge // factor for edge in input_shape[1:3]]
        return (input_shape[0], *edges, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        names = ("filters", "kernel_size", "downsampling", "use_bias")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("artnb")
class ModulatedConvolution(keras.layers.Layer):
    """A convolution whose kernel a style scales by input channel, for each picture its own way.

    Scaling what goes in by the style, and what comes out by the demodulation, is the same as a
    kernel for each picture, and lets all pictures share one convolution.

    Args:
        filters: channels that come out.
        kernel_size: 1 or 3, zero padded.
        demodulate: bring each picture's kernel to unit norm by output channel.
        upsampling: double height and width, smoothed after.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        demodulate: bool = True,
        upsampling: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size = filters, kernel_size
        self.demodulate, self.upsampling = demodulate, upsampling

    def build(self, input_shape: list[tuple]) -> None:
        """Make the kernel, and what turns a latent into a style: around 1 at first."""
        (*_, channels), (*_, latent) = input_shape
        edge, learnt = self.kernel_size, {"initializer": _normal()}
        self.affine_kernel = self.add_weight((latent, channels), name="affine_kernel", **learnt)
        self.affine_bias = self.add_weight((channels,), "ones", name="affine_bias")
        shape = (edge, edge, channels, self.filters)
        self.kernel = self.add_weight(shape, _normal(), name="kernel")
        self.affine_scale = 1.0 / math.sqrt(latent)
        self.scale = 1.0 / math.sqrt(edge * edge * channels)

    def call(self, inputs: list[Any]) -> Any:
        """Turn features `(batch, height, width, n)` and w `(batch, w_size)` into features."""
        features, w = inputs
        style = ops.matmul(w, self.affine_kernel * self.affine_scale) + self.affine_bias
        kernel, demodulation = self.kernel, None
        if self.demodulate:
            style, kernel = self._in_range(style, kernel)
            demodulation = self._demodulation(style, kernel)
        else:
            kernel = kernel * self.scale
        features = self._convolve(features * style[:, None, None], kernel)
        return features if demodulation is None else features * demodulation[:, None, None]

    def _in_range(self, style: Any, kernel: Any) -> tuple[Any, Any]:
        """Keep products within float16: demodulation undoes any factor of either."""
        if not _is_half(self):
            return style, kernel
        return style / _largest(style, 1), kernel * self.scale / _largest(kernel, (0, 1, 2))

    def _demodulation(self, style: Any, kernel: Any) -> Any:
        """Give 1 / the norm of each picture's kernel, `(batch, filters)`."""
        style, kernel = (
            ops.cast(values, full_precision(self.compute_dtype)) for values in (style, kernel)
        )
        power = ops.sum(ops.square(kernel), axis=(0, 1))
        norm = ops.rsqrt(ops.matmul(ops.square(style), power) + _EPSILON)
        return ops.cast(norm, self.compute_dtype)

    def _convolve(self, features: Any, kernel: Any) -> Any:
        if not self.upsampling:
            return ops.conv(features, kernel, padding="same")
        spread = transposed_convolution(features, kernel)
        # Zeros between pixels leave a quarter of the brightness.
        return smooth(pad(spread, 1, 1), order=3) * 4.0

    def compute_output_shape(self, input_shape: list[tuple]) -> tuple:
        """Give the shape after it."""
        factor = 2 if self.upsampling else 1
        edges = [edge and edge * factor for edge in input_shape[0][1:3]]
        return (input_shape[0][0], *edges, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        names = ("filters", "kernel_size", "demodulate", "upsampling")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _largest(values: Any, axis: Any) -> Any:
    """Give the largest magnitude along axes, a constant to gradients."""
    squared = ops.square(ops.cast(values, "float32"))
    largest = ops.sqrt(ops.max(squared, axis=axis, keepdims=True))
    return ops.cast(ops.stop_gradient(largest), values.dtype)


@keras.saving.register_keras_serializable("artnb")
class Bias(keras.layers.Layer):
    """Add a number to every channel."""

    def build(self, input_shape: tuple) -> None:
        """Make the numbers, 0 at first."""
        self.bias = self.add_weight((input_shape[-1],), "zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Keep the shape."""
        return inputs + self.bias


@keras.saving.register_keras_serializable("artnb")
class Noise(keras.layers.Layer):
    """Add noise, alike in all channels, as strong as is learnt; none at first.

    `constant` is noise that belongs to the network: with it, a latent gives the same picture every
    time. It is no part of training.
    """

    def build(self, input_shape: list[tuple]) -> None:
        """Make the strength and the constant noise."""
        self.strength = self.add_weight((), "zeros", name="strength")
        size = tuple(input_shape[0][1:3])
        self.constant = self.add_weight((*size, 1), _normal(), trainable=False, name="constant")

    def call(self, inputs: list[Any]) -> Any:
        """Add noise `(batch or 1, height, width, 1)` to features."""
        features, noise = inputs
        return features + noise * self.strength

    def compute_output_shape(self, input_shape: list[tuple]) -> tuple:
        """Give the features' shape."""
        return input_shape[0]


@keras.saving.register_keras_serializable("artnb")
class LearntConstant(keras.layers.Layer):
    """What synthesis begins with: the same 4×4 pixels for every picture.

    Args:
        channels: of it.
    """

    def __init__(self, channels: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channels = channels

    def build(self, input_shape: tuple) -> None:
        """Make it."""
        self.constant = self.add_weight((4, 4, self.channels), _normal(), name="constant")

    def call(self, w: Any) -> Any:
        """Give it once for each of `(batch, w_size)`."""
        return ops.broadcast_to(self.constant[None], (ops.shape(w)[0], 4, 4, self.channels))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape of the constant, repeated."""
        return (input_shape[0], 4, 4, self.channels)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "channels": self.channels}


@keras.saving.register_keras_serializable("artnb")
class UnitVariance(keras.layers.Layer):
    """Scale vectors so that the mean of their squares is 1."""

    def call(self, inputs: Any) -> Any:
        """Keep the shape `(batch, n)`."""
        power = ops.mean(ops.square(inputs), axis=-1, keepdims=True)
        return inputs * ops.rsqrt(power + _EPSILON)


@keras.saving.register_keras_serializable("artnb")
class AverageW(keras.layers.Layer):
    """Knows the average w, towards which truncation pulls; changes nothing itself."""

    def build(self, input_shape: tuple) -> None:
        """Make the average, 0 at first."""
        shape = (input_shape[-1],)
        self.average = self.add_weight(shape, "zeros", trainable=False, name="average")

    def call(self, w: Any) -> Any:
        """Give w as it is."""
        return w

    def follow(self, w: Any, beta: float) -> None:
        """Move the average towards the mean of `(batch, w_size)`, by 1 − beta of the way."""
        mean = ops.cast(ops.mean(w, axis=0), self.average.dtype)
        self.average.assign(mean + beta * (self.average - mean))


@keras.saving.register_keras_serializable("artnb")
class MinibatchDeviation(keras.layers.Layer):
    """Append a channel that says how much the pictures of a group differ.

    A generator that makes the same picture again and again gives itself away by it.

    Args:
        group: pictures that are compared; fewer, where it does not divide a batch.

    Source: Karras et al. 2018, arXiv 1710.10196, section 3; in groups since StyleGAN.
    """

    def __init__(self, group: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.group = group

    def call(self, inputs: Any) -> Any:
        """Turn `(batch, height, width, n)` into `(batch, height, width, n + 1)`.

        Pictures i, i + m, i + 2 m … are a group, m being the number of groups.
        """
        batch, height, width, channels = ops.shape(inputs)
        group = self._group(batch)
        groups = batch // group
        shape = (group, groups, height, width, channels)
        together = ops.reshape(ops.cast(inputs, full_precision(self.compute_dtype)), shape)
        centred = together - ops.mean(together, axis=0, keepdims=True)
        deviation = ops.sqrt(ops.mean(ops.square(centred), axis=0) + _EPSILON)
        deviation = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)
        channel = ops.tile(deviation, (group, height, width, 1))
        return ops.concatenate([inputs, ops.cast(channel, inputs.dtype)], axis=-1)

    def _group(self, batch: Any) -> Any:
        """Give a group's size: what divides the batch, and is not larger than asked for."""
        if isinstance(batch, int):
            return max(size for size in range(1, self.group + 1) if batch % size == 0)
        sizes = ops.arange(1, self.group + 1)
        return ops.max(ops.where(batch % sizes == 0, sizes, 1))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape with a channel more."""
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "group": self.group}
