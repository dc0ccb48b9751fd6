"""The few layers that Keras does not bring."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import keras
from keras import ops

# While a picture is worked on in tiles, its norms share one set of statistics.
_shared_statistics: ContextVar["SharedStatistics | None"] = ContextVar("statistics", default=None)


class SharedStatistics:
    """Norm statistics taken from several tiles of one picture, used for all of its tiles.

    A generator with instance normalisation looks at the whole picture. Tiles normalised each
    by itself would differ in tone; with shared statistics the network is a local operation
    and tiles agree wherever they overlap by its receptive field.
    """

    def __init__(self) -> None:
        self._moments: dict[str, Moments] = {}
        self._recording = False

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Take the statistics over everything that is computed in this context."""
        self._recording = True
        with self.applied():
            yield
        self._recording = False

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Use the recorded statistics for everything that is computed in this context."""
        token = _shared_statistics.set(self)
        try:
            yield
        finally:
            _shared_statistics.reset(token)

    def moments(self, layer: str, features: Any, axes: tuple[int, ...]) -> "Moments":
        """Give the statistics that a layer shall normalise with."""
        if self._recording:
            _, self._moments[layer] = _centred(features, axes)
        return self._moments[layer]


# The standard deviation up to which a channel of one picture is taken for plain. One pixel that is
# one level off gives 1e-5 at 256 px and 3e-6 at 1,024 px, and what is trained 1e-2 and more.
ROUNDING = 2e-6


class Moments(NamedTuple):
    """Statistics over some axes, which stay with length 1.

    Args:
        offset: the first pixel, subtracted before anything is added up: of a plain picture nothing
            at all is left then, where a mean that is rounded leaves a constant.
        mean: of what is left.
        variance: of what is left.
    """

    offset: Any
    mean: Any
    variance: Any

    def scale(self, epsilon: float) -> Any:
        """Give what to multiply by for variance 1, and 0 where nothing but rounding is left.

        A convolution of a constant gives other last bits at the edges of its blocks, 1e-7 apart,
        and every norm would make them 316 times larger.
        """
        rsqrt = ops.rsqrt(self.variance + epsilon)
        return ops.where(self.variance > ROUNDING**2, rsqrt, ops.zeros_like(rsqrt))

    def normalise(self, features: Any, epsilon: float) -> Any:
        """Bring features to mean 0 and variance 1 by these statistics."""
        return ((features - self.offset) - self.mean) * self.scale(epsilon)


def _centred(features: Any, axes: tuple[int, ...]) -> tuple[Any, Moments]:
    """Bring features to mean 0 over some axes, and give the statistics.

    Not by `ops.moments`: TensorFlow's holds the mean constant where it differentiates the variance,
    so that gradients of gradients, which R1 needs, come out wrong by a percent.
    """
    first = tuple(slice(1 if axis in axes else None) for axis in range(len(features.shape)))
    # A constant to gradients: the result is the same whatever is subtracted.
    offset = ops.stop_gradient(features[first])
    shifted = features - offset
    mean = _mean(shifted, axes)
    centred = shifted - mean
    return centred, Moments(offset, mean, _mean(ops.square(centred), axes))


def _mean(features: Any, axes: tuple[int, ...]) -> Any:
    """Take the mean over some axes, which stay with length 1, over one after the other.

    Over height and width at once TensorFlow's CPU adds up one pixel after another, and a sum so
    long forgets what is small against it: the mean of a constant is off by 2e-4 at 256 px and by
    3e-3 at 1,024 px. Row by row it is 1e-6 and 4e-6, and no slower.
    """
    for axis in reversed(axes):
        features = ops.mean(features, axis=axis, keepdims=True)
    return features


def normalise(features: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    """Bring features to mean 0 and variance 1 over some axes; what is constant over them to 0.

    The gradient is written out: automatic differentiation passes over the features twice as
    often, which is 5 % of a training step on a CPU.

    Args:
        features: float32 or float64, of any shape.
        axes: what mean and variance are taken over.
        epsilon: added to the variance.

    Source: the gradient is Ioffe and Szegedy 2015, arXiv 1502.03167, section 3, simplified.
    """

    @ops.custom_gradient
    def forward(features: Any) -> tuple[Any, Any]:
        centred, moments = _centred(features, axes)
        scale = moments.scale(epsilon)
        normalised = centred * scale

        def backward(upstream: Any) -> Any:
            level = _mean(upstream, axes)
            along = _mean(upstream * normalised, axes)
            return (upstream - level - normalised * along) * scale

        return normalised, backward

    return forward(features)


@keras.saving.register_keras_serializable("artnb")
class InstanceNormalization(keras.layers.Layer):
    """Normalise each channel of each picture by its own mean and variance.

    Statistics are float32 where the compute dtype is smaller: in float16 they overflow.

    Args:
        epsilon: added to the variance. 1e-5 is the original CycleGAN's; tensorflow-addons'
            default was 1e-3.
        affine: learn a scale around 1 and an offset around 0. The original has neither.

    Source: Ulyanov et al. 2016, arXiv 1607.08022, equation 4.
    """

    def __init__(self, epsilon: float = 1e-5, affine: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.affine = affine

    def build(self, input_shape: tuple) -> None:
        """Make scale and offset, where the layer is affine."""
        if self.affine:
            channels = (input_shape[-1],)
            self.gamma = self.add_weight(shape=channels, initializer="ones", name="gamma")
            self.beta = self.add_weight(shape=channels, initializer="zeros", name="beta")

    def call(self, inputs: Any) -> Any:
        """Normalise `(batch, height, width, channels)`."""
        enough = keras.backend.result_type(self.compute_dtype, "float32")
        normalised = self.normalised(ops.cast(inputs, enough))
        if self.affine:
            normalised = normalised * self.gamma + self.beta
        return ops.cast(normalised, self.compute_dtype)

    def normalised(self, features: Any) -> Any:
        """Normalise features, by their own statistics or by shared ones."""
        return self._over(features, (1, 2))

    def _over(self, features: Any, axes: tuple[int, ...]) -> Any:
        shared = _shared_statistics.get()
        if shared is None:
            return normalise(features, axes, self.epsilon)
        return shared.moments(self.path, features, (0, *axes)).normalise(features, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon, "affine": self.affine}


@keras.saving.register_keras_serializable("artnb")
class ConditionalInstanceNormalization(InstanceNormalization):
    """Instance normalisation with a scale and an offset for each of several styles.

    Args:
        styles: how many.
        epsilon: added to the variance.

    Source: Dumoulin et al. 2017, arXiv 1610.07629, section 2.2.
    """

    def __init__(self, styles: int, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(epsilon, **kwargs)
        self.styles = styles

    def build(self, input_shape: list[tuple]) -> None:
        """Make a row of scales and one of offsets for each style."""
        rows = (self.styles, input_shape[0][-1])
        self.gamma = self.add_weight(shape=rows, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=rows, initializer="zeros", name="beta")

    def call(self, inputs: list[Any]) -> Any:
        """Normalise `(batch, height, width, channels)`; the other input says each one's style."""
        features, chosen = inputs
        gamma, beta = (ops.take(rows, chosen, axis=0) for rows in (self.gamma, self.beta))
        enough = keras.backend.result_type(self.compute_dtype, "float32")
        normalised = self.normalised(ops.cast(features, enough))
        normalised = normalised * gamma[:, None, None] + beta[:, None, None]
        return ops.cast(normalised, self.compute_dtype)

    def compute_output_shape(self, input_shape: list[tuple]) -> tuple:
        """Give the features' shape."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        config = {**super().get_config(), "styles": self.styles}
        del config["affine"]
        return config


@keras.saving.register_keras_serializable("artnb")
class GroupNormalization(InstanceNormalization):
    """Normalise groups of channels of each picture together.

    Keras' own layer overflowed in float16 until recently, and takes its variance from
    `ops.moments`, which spoils R1 on TensorFlow.

    Args:
        groups: how many; a divisor of the channels.
        epsilon: added to the variance.
        affine: learn a scale around 1 and an offset around 0.

    Source: Wu and He 2018, arXiv 1803.08494, section 3.1.
    """

    def __init__(
        self, groups: int, epsilon: float = 1e-5, affine: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(epsilon, affine, **kwargs)
        self.groups = groups

    def normalised(self, features: Any) -> Any:
        """Normalise features, by their own statistics or by shared ones."""
        batch, height, width, channels = ops.shape(features)
        shape = (batch, height, width, self.groups, channels // self.groups)
        grouped = self._over(ops.reshape(features, shape), (1, 2, 4))
        return ops.reshape(grouped, (batch, height, width, channels))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "groups": self.groups}


@keras.saving.register_keras_serializable("artnb")
class LeakyReLU(keras.layers.LeakyReLU):
    """Keras' layer, with its negative slope as the gradient at 0 on every backend.

    So it is on TensorFlow and in PyTorch, while JAX takes 1; a norm's results of a plain picture
    are exactly 0.
    """

    def call(self, inputs: Any) -> Any:
        """Scale what is not above 0."""
        if keras.backend.backend() != "jax":
            return super().call(inputs)
        return ops.where(inputs > 0, inputs, self.negative_slope * inputs)


@keras.saving.register_keras_serializable("artnb")
class ReflectionPadding2D(keras.layers.Layer):
    """Continue a picture beyond its edges by mirroring it, the edge itself not repeated.

    Args:
        padding: pixels on every side, less than height and width.
    """

    def __init__(self, padding: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs: Any) -> Any:
        """Pad `(batch, height, width, channels)`."""
        sides = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), sides, sides, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape after padding."""
        batch, height, width, channels = input_shape
        grown = [edge + 2 * self.padding if edge else None for edge in (height, width)]
        return (batch, *grown, channels)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "padding": self.padding}


@keras.saving.register_keras_serializable("artnb")
class DropFirst(keras.layers.Layer):
    """Leave out the first row and column.

    Like `keras.layers.Cropping2D(((1, 0), (1, 0)))`, whose gradient takes TensorFlow's CPU
    twenty times as long: 50 ms a call at 256 px, against 2.7.
    """

    def call(self, inputs: Any) -> Any:
        """Crop `(batch, height, width, channels)`."""
        batch, height, width, channels = ops.shape(inputs)
        return ops.slice(inputs, (0, 1, 1, 0), (batch, height - 1, width - 1, channels))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Give the shape after cropping."""
        batch, height, width, channels = input_shape
        return (batch, *(edge - 1 if edge else None for edge in (height, width)), channels)
