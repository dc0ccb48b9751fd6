"""A generator written down as a network of ncnn's, which paints faster on CPUs than Keras does.

ncnn computes 3×3 convolutions by Winograd's minimal filtering (Lavin and Gray 2015,
arXiv 1509.09308), with a quarter of the multiplications. What it is slow at is written otherwise,
with the same result:

- a 7×7 convolution to three channels as a transposed one, whose kernel is turned: that goes through
  a matrix product, and is five times as fast;
- doubling, padding and a 3×3 convolution as one transposed 4×4 convolution of stride 2 at the
  smaller size, with 4/9 of the multiplications.

Source of the format: https://github.com/Tencent/ncnn/wiki/operators.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers

from artnb.models.convolutions import NarrowConvolution, UpsamplingConvolution
from artnb.models.layers import (
    DropFirst,
    GroupNormalization,
    InstanceNormalization,
    LeakyReLU,
    ReflectionPadding2D,
)

INPUT = "picture"
# The first line of every file of ncnn's that says what a network's layers are.
_MAGIC = 7767517
# Padding types.
_ZERO, _EDGE, _REFLECT = 0, 1, 2


class InexpressibleError(Exception):
    """A network, or a setting of one of its layers, that is not known here."""


class NcnnNetwork(NamedTuple):
    """A network in ncnn's format.

    Args:
        layers: the text that says what they are.
        weights: of all layers, one after the other, as float32.
        output: the name of the result.
    """

    layers: str
    weights: list[np.ndarray]
    output: str


def ncnn_network(generator: keras.Model) -> NcnnNetwork:
    """Write a generator down, for float32 pictures `(3, height, width)`.

    Args:
        generator: a graph of layers from `(batch, height, width, 3)` to the same shape.

    Raises:
        InexpressibleError: it has something that is not known here; Keras has to paint.
    """
    if len(generator.inputs) > 1 or len(generator.outputs) > 1:
        raise InexpressibleError(f"{generator.name} has several inputs or outputs")
    graph, known = _Graph(), {}
    for layer in generator.layers:
        if isinstance(layer, layers.InputLayer):
            known[layer.output] = _Value(INPUT, layer.output.shape[-1])
            continue
        # Of layers that are applied twice, only the first result becomes known.
        given = [known.get(features) for features in keras.tree.flatten(layer.input)]
        if type(layer) not in _CONVERTERS or None in given:
            raise InexpressibleError(f"{type(layer).__name__} in {generator.name}")
        _require(layer, compute_dtype="float32", variable_dtype="float32")
        if getattr(layer, "data_format", "channels_last") != "channels_last":
            raise InexpressibleError(f"{layer.name} has colours first")
        known[layer.output] = _CONVERTERS[type(layer)](graph, layer, *given)
    if generator.outputs[0] not in known:
        raise InexpressibleError(f"{generator.name} ends with what is no layer")
    return graph.written(graph.plain(known[generator.outputs[0]]))


@dataclass(frozen=True)
class _Value:
    """Features, or what has still to be done to them.

    Args:
        blob: their name.
        channels: how many they have.
        is_doubled: height and width have still to be doubled.
        padding: then one pixel on every side has still to be added, in this way.
    """

    blob: str
    channels: int
    is_doubled: bool = False
    padding: int | None = None


@dataclass(frozen=True)
class _Layer:
    kind: str
    inputs: tuple[str, ...]
    output: str
    settings: str


@dataclass
class _Graph:
    """Layers and their weights, in the order in which they are computed."""

    layers: list[_Layer] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)

    def add(self, kind: str, *inputs: str, **settings: Any) -> str:
        """Add a layer; settings are numbers with ncnn's numbers for them, as `_0=64`."""
        output = f"{kind.lower()}_{len(self.layers):03d}"
        words = " ".join(f"{name[1:]}={value}" for name, value in settings.items())
        self.layers.append(_Layer(kind, inputs, output, words))
        return output

    def weigh(self, kernel: np.ndarray, *others: np.ndarray) -> None:
        """Add the weights of the layer that was added last: a kernel, behind a sign that it is
        float32, and what has no sign.
        """
        self.weights += [np.zeros(1, np.float32), kernel, *others]

    def plain(self, value: _Value) -> str:
        """Do what has still to be done; give the name of the features."""
        blob = value.blob
        if value.is_doubled:
            blob = self.add("Interp", blob, _0=1, _1=2.0, _2=2.0)
        return blob if value.padding is None else self.pad(blob, 1, value.padding)

    def pad(self, blob: str, pixels: int, kind: int) -> str:
        """Pad on every side."""
        sides = dict.fromkeys(("_0", "_1", "_2", "_3"), pixels)
        return self.add("Padding", blob, **sides, _4=kind, _5=0.0)

    def written(self, output: str) -> NcnnNetwork:
        """Write it all down; what several layers take gets a name for each of them."""
        times = Counter(name for layer in self.layers for name in layer.inputs)
        lines, blobs = [f"Input {INPUT} 0 1 {INPUT}"], 1
        names: dict[str, list[str]] = {INPUT: [INPUT]}

        def share(name: str) -> None:
            nonlocal blobs
            names[name] = [name]
            if times[name] > 1:
                names[name] = [f"{name}_{number}" for number in range(times[name])]
                lines.append(f"Split of_{name} 1 {times[name]} {name} {' '.join(names[name])}")
                blobs += times[name]

        share(INPUT)
        for layer in self.layers:
            inputs = " ".join(names[name].pop(0) for name in layer.inputs)
            head = f"{layer.kind} {layer.output} {len(layer.inputs)} 1"
            lines.append(f"{head} {inputs} {layer.output} {layer.settings}".rstrip())
            blobs += 1
            share(layer.output)
        text = "\n".join([str(_MAGIC), f"{len(lines)} {blobs}", *lines, ""])
        return NcnnNetwork(text, self.weights, output)


def _require(layer: keras.layers.Layer, **settings: Any) -> None:
    """Check that a layer is set as it is known here."""
    for name, expected in settings.items():
        found = getattr(layer, name)
        found = found.__name__ if callable(found) else found
        if found != expected:
            raise InexpressibleError(f"{layer.name} has {name} {found}, not {expected}")


def _bias(layer: keras.layers.Layer, channels: int) -> np.ndarray:
    return np.asarray(layer.bias) if layer.use_bias else np.zeros(channels, np.float32)


def _convolve(graph: _Graph, layer: layers.Conv2D, value: _Value) -> _Value:
    _require(layer, padding="valid", dilation_rate=(1, 1), groups=1, activation="linear")
    kernel = np.asarray(layer.kernel).transpose(3, 2, 0, 1)
    filters, _, height, width = kernel.shape
    is_small = kernel.shape[2:] == (3, 3) and layer.strides == (1, 1)
    if value.is_doubled and value.padding is not None and is_small:
        return _convolve_doubled(graph, layer, value)
    blob, bias = graph.plain(value), _bias(layer, filters)
    size = {"_1": width, "_11": height}
    if layer.strides == (1, 1) and filters < 8 and height * width > 9:
        # The same as the full transposed convolution with the kernel turned, without its edges.
        output = graph.add(
            "Deconvolution", blob, _0=filters, **size, **_cut(height - 1, width - 1),
            _5=1, _6=kernel.size,
        )  # fmt: skip
        kernel = kernel[:, :, ::-1, ::-1]
    else:
        down, across = layer.strides
        output = graph.add(
            "Convolution", blob, _0=filters, **size, _3=across, _13=down, _5=1, _6=kernel.size
        )
    graph.weigh(kernel, bias)
    return _Value(output, filters)


def _cut(rows: int, columns: int) -> dict[str, int]:
    """Say how much a transposed convolution leaves out on every side."""
    return {"_4": columns, "_15": columns, "_14": rows, "_16": rows}


def _convolve_doubled(graph: _Graph, layer: layers.Conv2D, value: _Value) -> _Value:
    """Double, pad and convolve at once.

    Of doubled features, mirroring one pixel repeats the edge of the small ones.
    """
    kernel = np.asarray(layer.kernel).transpose(3, 2, 0, 1)
    for axis in (2, 3):
        none = np.zeros_like(kernel.take([0], axis))
        turned = np.flip(kernel, axis)
        kernel = np.concatenate([turned, none], axis) + np.concatenate([none, turned], axis)
    filters = kernel.shape[0]
    padded = graph.pad(value.blob, 1, _EDGE if value.padding == _REFLECT else _ZERO)
    output = graph.add(
        "Deconvolution", padded, _0=filters, _1=4, _3=2, **_cut(3, 3), _5=1, _6=kernel.size
    )
    graph.weigh(kernel, _bias(layer, filters))
    return _Value(output, filters)


def _convolve_upsampling(graph: _Graph, layer: UpsamplingConvolution, value: _Value) -> _Value:
    padding = _REFLECT if layer.edges == "reflect" else _ZERO
    doubled = _Value(graph.plain(value), value.channels, is_doubled=True, padding=padding)
    return _convolve(graph, layer, doubled)


def _convolve_transposed(graph: _Graph, layer: layers.Conv2DTranspose, value: _Value) -> _Value:
    _require(layer, padding="valid", dilation_rate=(1, 1), activation="linear")
    _require(layer, output_padding=None)
    kernel = np.asarray(layer.kernel).transpose(2, 3, 0, 1)
    filters, _, height, width = kernel.shape
    (down, across) = layer.strides
    output = graph.add(
        "Deconvolution", graph.plain(value), _0=filters, _1=width, _11=height,
        _3=across, _13=down, _5=1, _6=kernel.size,
    )  # fmt: skip
    graph.weigh(kernel, _bias(layer, filters))
    return _Value(output, filters)


def _drop_first(graph: _Graph, layer: DropFirst, value: _Value) -> _Value:
    last = graph.layers[-1] if graph.layers else None
    if last is None or last.kind != "Deconvolution" or last.output != value.blob:
        raise InexpressibleError(f"{layer.name} does not follow a transposed convolution")
    # Left and top; what lies right and below would else be left out likewise.
    graph.layers[-1] = replace(last, settings=f"{last.settings} 4=1 14=1 15=0 16=0")
    return value


def _pad(graph: _Graph, value: _Value, pixels: int, kind: int) -> _Value:
    if value.is_doubled and value.padding is None and pixels == 1:
        return _Value(value.blob, value.channels, is_doubled=True, padding=kind)
    return _Value(graph.pad(graph.plain(value), pixels, kind), value.channels)


def _reflect(graph: _Graph, layer: ReflectionPadding2D, value: _Value) -> _Value:
    return _pad(graph, value, layer.padding, _REFLECT)


def _pad_with_zeros(graph: _Graph, layer: layers.ZeroPadding2D, value: _Value) -> _Value:
    sides = {side for edge in layer.padding for side in edge}
    if len(sides) > 1:
        raise InexpressibleError(f"{layer.name} pads unequally")
    return _pad(graph, value, sides.pop(), _ZERO)


def _normalise(graph: _Graph, layer: InstanceNormalization, value: _Value) -> _Value:
    groups = getattr(layer, "groups", None)
    kind, settings = "InstanceNorm", {"_0": value.channels, "_1": layer.epsilon}
    if groups is not None:
        kind, settings = "GroupNorm", {"_0": groups, "_1": value.channels, "_2": layer.epsilon}
    settings[f"_{len(settings)}"] = int(layer.affine)
    blob = graph.add(kind, graph.plain(value), **settings)
    if layer.affine:
        graph.weights += [np.asarray(layer.gamma), np.asarray(layer.beta)]
    return _Value(blob, value.channels)


def _relu(graph: _Graph, layer: layers.ReLU, value: _Value) -> _Value:
    _require(layer, max_value=None, threshold=0.0)
    return _Value(
        graph.add("ReLU", graph.plain(value), _0=float(layer.negative_slope)), value.channels
    )


def _leaky_relu(graph: _Graph, layer: LeakyReLU, value: _Value) -> _Value:
    return _Value(
        graph.add("ReLU", graph.plain(value), _0=float(layer.negative_slope)), value.channels
    )


def _activate(graph: _Graph, layer: layers.Activation, value: _Value) -> _Value:
    _require(layer, activation="tanh")
    return _Value(graph.add("TanH", graph.plain(value)), value.channels)


def _sum(graph: _Graph, _layer: layers.Add, *values: _Value) -> _Value:
    if len(values) != 2 or values[0].channels != values[1].channels:
        raise InexpressibleError("a sum of other than two alike")
    return _Value(graph.add("BinaryOp", *map(graph.plain, values), _0=0), values[0].channels)


def _concatenate(graph: _Graph, layer: layers.Concatenate, *values: _Value) -> _Value:
    if layer.axis not in (-1, 3):
        raise InexpressibleError(f"{layer.name} has axis {layer.axis}")
    channels = sum(value.channels for value in values)
    return _Value(graph.add("Concat", *map(graph.plain, values), _0=0), channels)


def _double(graph: _Graph, layer: layers.UpSampling2D, value: _Value) -> _Value:
    _require(layer, size=(2, 2), interpolation="nearest")
    return _Value(graph.plain(value), value.channels, is_doubled=True)


_CONVERTERS: dict[type, Callable[..., _Value]] = {
    layers.Conv2D: _convolve,
    NarrowConvolution: _convolve,
    UpsamplingConvolution: _convolve_upsampling,
    layers.Conv2DTranspose: _convolve_transposed,
    DropFirst: _drop_first,
    ReflectionPadding2D: _reflect,
    layers.ZeroPadding2D: _pad_with_zeros,
    InstanceNormalization: _normalise,
    GroupNormalization: _normalise,
    layers.ReLU: _relu,
    LeakyReLU: _leaky_relu,
    layers.LeakyReLU: _leaky_relu,
    layers.Activation: _activate,
    layers.Add: _sum,
    layers.Concatenate: _concatenate,
    layers.UpSampling2D: _double,
}
