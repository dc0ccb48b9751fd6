"""The few layers that Keras does not bring."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

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
        self._moments: dict[str, tuple[Any, Any]] = {}
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

    def moments(self, layer: str, features: Any) -> tuple[Any, Any]:
        """Give the mean and variance that a layer shall normalise with."""
        if self._recording:
            self._moments[layer] = ops.moments(features, axes=(0, 1, 2), keepdims=True)
        return self._moments[layer]


@keras.saving.register_keras_serializable("artnb")
class InstanceNormalization(keras.layers.Layer):
    """Normalise each channel of each picture by its own mean and variance.

    Statistics are float32 whatever the compute dtype: in float16 they overflow.

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
        features = ops.cast(inputs, "float32")
        shared = _shared_statistics.get()
        if shared is not None:
            mean, variance = shared.moments(self.path, features)
        else:
            mean, variance = ops.moments(features, axes=(1, 2), keepdims=True)
        normalised = (features - mean) * ops.rsqrt(variance + self.epsilon)
        if self.affine:
            normalised = normalised * self.gamma + self.beta
        return ops.cast(normalised, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon, "affine": self.affine}


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
