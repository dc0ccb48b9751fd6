"""A generator in Keras' own layers only, so that it runs where artnb is not."""

from collections import Counter
from typing import Any

import keras
from keras import layers, ops

from artnb.errors import InputError
from artnb.models.convolutions import NarrowConvolution, UpsamplingConvolution
from artnb.models.layers import (
    DropFirst,
    GroupNormalization,
    InstanceNormalization,
    LeakyReLU,
    ReflectionPadding2D,
)


def portable(generator: keras.Model, centred: bool = True) -> keras.Model:
    """Build the same network in Keras' own layers, without models nested in it.

    Args:
        generator: of any precision, with our layers or Keras', and `(batch, height, width, 3)`
            as its input.
        centred: subtract of channels, before norms, what leaves exactly 0 of plain ones. Without
            it that is left to whoever computes the norms.

    Returns:
        A float32 model of pictures of any height and width, with the same weights. Layers are
        numbered by kind, so the same network has the same names in every process.

    Raises:
        InputError: the network holds a layer that is neither Keras' nor ours, or code.
    """
    return _Porter(centred).port(generator, keras.Input((None, None, 3), name="picture"))


class _Porter:
    """Carries a network's layers over, one after the other, and numbers them."""

    def __init__(self, centred: bool) -> None:
        self._centres = centred
        self._counts: Counter[str] = Counter()
        self._twins: dict[int, layers.Layer] = {}

    def port(self, model: keras.Model, pictures: Any) -> keras.Model:
        """Build a model's portable twin."""
        # A Sequential model can only be cloned as a graph of its layers.
        graph = keras.Model(pictures, _spread(model, pictures), name=model.name)
        return keras.models.clone_model(
            graph, pictures, clone_function=lambda layer: layer, call_function=self._call
        )

    def _call(self, layer: Any, *args: Any, **kwargs: Any) -> Any:
        """Apply the portable twin of a layer, which gets its weights."""
        if isinstance(layer, keras.Model):
            (features,) = args
            return _spread(self.port(layer, keras.Input(features.shape[1:])), features)
        if isinstance(layer, ReflectionPadding2D):
            return _mirrored(*args, layer.padding)
        if not isinstance(layer, layers.Layer):
            return layer(*args, **kwargs)
        if id(layer) not in self._twins:
            self._twins[id(layer)] = _twin(layer, self._name(type(layer)))
        twin = self._twins[id(layer)]
        if isinstance(layer, UpsamplingConvolution):
            args = (self._doubled(layer, *args),)
        if isinstance(twin, layers.GroupNormalization):
            args = (self._centred(twin, *args),)
        outputs = twin(*args, **kwargs)
        twin.set_weights(layer.get_weights())
        return outputs

    def _doubled(self, layer: UpsamplingConvolution, features: Any) -> Any:
        """Double and continue what our layer doubles and continues itself."""
        doubled = self._new(layers.UpSampling2D)(features)
        if layer.edges == "reflect":
            return _mirrored(doubled, 1)
        return self._new(layers.ZeroPadding2D)(doubled)

    def _centred(self, norm: layers.GroupNormalization, features: Any) -> Any:
        """Subtract of each channel its largest value, then its mean, before a norm of channels.

        It changes nothing but rounding: of a plain picture exactly 0 is left, which no program's
        way of adding up makes into anything else; of others, sums stay small.
        """
        if not self._centres or norm.groups not in (-1, features.shape[-1]):
            return features
        for pooling in (layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D):
            pooled = self._new(pooling, keepdims=True)(features)
            features = self._new(layers.Subtract)([features, pooled])
        return features

    def _new(self, kind: type[layers.Layer], **settings: Any) -> layers.Layer:
        return kind(**settings, name=self._name(kind), dtype="float32")

    def _name(self, kind: type[layers.Layer]) -> str:
        name = _TWINS.get(kind, kind).__name__.lower()
        self._counts[name] += 1
        return f"{name}_{self._counts[name]:02d}"


def _mirrored(features: Any, padding: int) -> Any:
    sides = (padding, padding)
    return ops.pad(features, ((0, 0), sides, sides, (0, 0)), mode="reflect")


def _spread(model: keras.Model, features: Any) -> Any:
    """Apply a model so that its layers, not the model, become part of a graph."""
    (outputs,) = keras.Function(model.inputs, model.outputs).call([features])
    return outputs


_TWINS = {
    InstanceNormalization: layers.GroupNormalization,
    GroupNormalization: layers.GroupNormalization,
    DropFirst: layers.Cropping2D,
    LeakyReLU: layers.LeakyReLU,
    NarrowConvolution: layers.Conv2D,
    UpsamplingConvolution: layers.Conv2D,
}


def _twin(layer: layers.Layer, name: str) -> layers.Layer:
    """Build a layer without weights yet that computes the same in float32."""
    if isinstance(layer, InstanceNormalization):
        return layers.GroupNormalization(
            groups=layer.groups if isinstance(layer, GroupNormalization) else -1,
            epsilon=layer.epsilon,
            center=layer.affine,
            scale=layer.affine,
            name=name,
            dtype="float32",
        )
    if isinstance(layer, DropFirst):
        return layers.Cropping2D(((1, 0), (1, 0)), name=name, dtype="float32")
    kind = _TWINS.get(type(layer), type(layer))
    _check_is_known(kind, layer.name)
    config = {**layer.get_config(), "name": name, "dtype": "float32"}
    if isinstance(layer, UpsamplingConvolution):
        del config["edges"]
    return kind.from_config(config)


def _check_is_known(kind: type[layers.Layer], name: str) -> None:
    is_from_keras = kind.__module__.partition(".")[0] == "keras"
    if not is_from_keras or issubclass(kind, layers.Lambda):
        raise InputError(
            f"a network to export must be of Keras' layers and artnb's, and {name} is a "
            f"{kind.__name__}; build it again with a layer of Keras' in its place"
        )
