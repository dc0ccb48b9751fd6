"""What each layer of Keras is in ONNX: a node, a few, or none."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from onnx import numpy_helper

from artnb.errors import InputError
from artnb.exchange.onnx_nodes import Nodes
from artnb.exchange.onnx_padding import Window, continued

# From the nodes so far, a layer, and the names of what it is given, to the name of its result.
Converter = Callable[..., str]
_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"}


def cannot(layer: Any, why: str) -> InputError:
    """Make the error that refuses a layer."""
    return InputError(
        f"the {type(layer).__name__} {layer.name} cannot be written as ONNX, since it {why}; "
        "export the network as keras"
    )


def _demand(layer: Any, **expected: tuple) -> None:
    """Refuse a layer whose rarer settings would change what it computes."""
    for name, values in expected.items():
        if getattr(layer, name) not in values:
            raise cannot(layer, f"has {name} {getattr(layer, name)}")


def _activated(nodes: Nodes, layer: Any, features: str) -> str:
    """Apply a layer's activation."""
    name = layer.activation.__name__
    if name == "linear":
        return features
    if name not in _ACTIVATIONS:
        raise cannot(layer, f"ends with {name}")
    return nodes.add(_ACTIVATIONS[name], [features])


def _kernel_and_bias(nodes: Nodes, layer: Any) -> list[str]:
    weights = [layer.kernel, layer.bias] if layer.use_bias else [layer.kernel]
    return [nodes.weight(weight) for weight in weights]


def _convolution(nodes: Nodes, layer: Any, features: str) -> str:
    around = zip(layer.kernel_size, layer.dilation_rate, strict=True)
    edges = tuple(dilation * (kernel - 1) + 1 for kernel, dilation in around)
    window = Window(edges, layer.strides, layer.padding)
    features, pads = continued(nodes, features, window, 0.0)
    convolved = nodes.add(
        "Conv",
        [features, *_kernel_and_bias(nodes, layer)],
        strides=layer.strides,
        dilations=layer.dilation_rate,
        group=layer.groups,
        pads=pads,
    )
    return _activated(nodes, layer, convolved)


def _halves(edges: list[int]) -> list[int]:
    """Share rows and columns out: first edges, then last ones, which get one more of odd ones."""
    return [edge // 2 for edge in edges] + [(edge + 1) // 2 for edge in edges]


def _transposed_convolution(nodes: Nodes, layer: Any, features: str) -> str:
    _demand(layer, dilation_rate=((1, 1),))
    crops = [_crop(layer, axis) for axis in (0, 1)]
    convolved = nodes.add(
        "ConvTranspose",
        [features, *_kernel_and_bias(nodes, layer)],
        strides=layer.strides,
        pads=_halves([max(crop, 0) for crop in crops]),
        output_padding=[max(-crop, 0) for crop in crops],
    )
    return _activated(nodes, layer, convolved)


def _crop(layer: Any, axis: int) -> int:
    """Say how many rows are cut from the full result; less than none where some are added.

    The full result of n rows has stride · (n - 1) + kernel. Keras' has, unless told otherwise,
    stride · n with "same" and the full one, though no fewer, with "valid".
    """
    kernel, stride = layer.kernel_size[axis], layer.strides[axis]
    same = layer.padding == "same"
    if layer.output_padding is None:
        return kernel - stride if same else kernel - max(kernel, stride)
    added = layer.output_padding
    return (2 * (kernel // 2) if same else 0) - (added if isinstance(added, int) else added[axis])


def _normalisation(nodes: Nodes, layer: Any, features: str) -> str:
    """Normalise without ONNX' InstanceNormalization.

    onnxruntime adds up a whole channel at once there, which at 256 px is off by 1.5e-4 where one
    half is plain, and layer after layer makes more of it.
    """
    normed_channels(layer)
    centred = nodes.add("Sub", [features, _mean(nodes, layer, features)])
    variance = _mean(nodes, layer, nodes.add("Mul", [centred, centred]))
    epsilon = nodes.constant(f"{layer.name}/epsilon", np.float32(layer.epsilon))
    deviation = nodes.add("Sqrt", [nodes.add("Add", [variance, epsilon])])
    features = nodes.add("Div", [centred, deviation])
    if layer.scale:
        features = nodes.add("Mul", [features, per_channel(nodes, layer.gamma)])
    if layer.center:
        features = nodes.add("Add", [features, per_channel(nodes, layer.beta)])
    return features


def normed_channels(layer: Any) -> int:
    """Say how many channels a norm is over.

    Raises:
        InputError: it is over something else.
    """
    _demand(layer, axis=(-1, 3))
    return layer.input_spec.axes[layer.axis]


def _mean(nodes: Nodes, layer: Any, features: str) -> str:
    """Take the mean of each channel, or of its group: of rows, then of what they gave."""
    for axis in (3, 2):
        features = nodes.add("ReduceMean", [features], axes=[axis])
    channels = normed_channels(layer)
    if layer.groups == channels:
        return features
    features = nodes.add("Reshape", [features, nodes.integers(0, layer.groups, -1)])
    features = nodes.add("ReduceMean", [features], axes=[2])
    side_by_side = nodes.constant(
        f"1_by_{channels // layer.groups}", np.ones((1, 1, channels // layer.groups), np.float32)
    )
    features = nodes.add("Mul", [features, side_by_side])
    return nodes.add("Reshape", [features, nodes.integers(0, channels, 1, 1)])


def _filled(nodes: Nodes, value: int, count: int) -> str:
    return nodes.constant(f"{value}_times_{count}", np.full(count, value, np.float32))


def per_channel(nodes: Nodes, weight: keras.Variable) -> str:
    """Add a weight that has a number for each channel."""
    return nodes.add("Unsqueeze", [nodes.weight(weight), nodes.integers(0, 2, 3)])


def _batch_normalisation(nodes: Nodes, layer: Any, features: str) -> str:
    _demand(layer, axis=(-1, 3))
    (channels,) = layer.moving_mean.shape
    weights = [
        nodes.weight(layer.gamma) if layer.scale else _filled(nodes, 1, channels),
        nodes.weight(layer.beta) if layer.center else _filled(nodes, 0, channels),
        nodes.weight(layer.moving_mean),
        nodes.weight(layer.moving_variance),
    ]
    return nodes.add("BatchNormalization", [features, *weights], epsilon=layer.epsilon)


def _relu(nodes: Nodes, layer: Any, features: str) -> str:
    _demand(layer, max_value=(None,), threshold=(0,))
    if layer.negative_slope:
        return _leaky_relu(nodes, layer, features)
    return nodes.add("Relu", [features])


def _leaky_relu(nodes: Nodes, layer: Any, features: str) -> str:
    return nodes.add("LeakyRelu", [features], alpha=float(layer.negative_slope))


def _elu(nodes: Nodes, layer: Any, features: str) -> str:
    return nodes.add("Elu", [features], alpha=float(layer.alpha))


def _pad(nodes: Nodes, layer: Any, features: str) -> str:
    _demand(layer, mode=("reflect",))
    _, rows, columns, _ = layer.pad_width
    return _padded(nodes, features, (rows, columns), "reflect")


def _padded(nodes: Nodes, features: str, edges: Any, mode: str) -> str:
    (top, bottom), (left, right) = edges
    pads = nodes.integers(0, 0, top, left, 0, 0, bottom, right)
    return nodes.add("Pad", [features, pads], mode=mode)


def _zero_padding(nodes: Nodes, layer: Any, features: str) -> str:
    return _padded(nodes, features, layer.padding, "constant")


def _cropping(nodes: Nodes, layer: Any, features: str) -> str:
    (top, bottom), (left, right) = layer.cropping
    ends = [-edge if edge else np.iinfo(np.int64).max for edge in (bottom, right)]
    parts = nodes.integers(top, left), nodes.integers(*ends), nodes.integers(2, 3)
    return nodes.add("Slice", [features, *parts])


def _upsampling(nodes: Nodes, layer: Any, features: str) -> str:
    _demand(layer, interpolation=("nearest", "bilinear"))
    scales = nodes.constant(f"{layer.name}/scales", np.array([1, 1, *layer.size], np.float32))
    how = {
        "nearest": {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        "bilinear": {"coordinate_transformation_mode": "half_pixel", "mode": "linear"},
    }
    return nodes.add("Resize", [features, "", scales], **how[layer.interpolation])


def _concatenation(nodes: Nodes, layer: Any, *features: str) -> str:
    _demand(layer, axis=(-1, 3))
    return nodes.add("Concat", features, axis=1)


def _dense(nodes: Nodes, layer: Any, vectors: str) -> str:
    _demand_vectors(layer)
    kind = "Gemm" if layer.use_bias else "MatMul"
    return _activated(nodes, layer, nodes.add(kind, [vectors, *_kernel_and_bias(nodes, layer)]))


def _reshape(nodes: Nodes, layer: Any, vectors: str) -> str:
    """Turn vectors into vectors, or into features, whose channels come first in ONNX."""
    _demand_vectors(layer)
    shape = layer.target_shape
    if len(shape) not in (1, 3):
        raise cannot(layer, f"makes {shape} of vectors")
    shaped = nodes.add("Reshape", [vectors, nodes.integers(0, *shape)])
    return shaped if len(shape) == 1 else nodes.add("Transpose", [shaped], perm=(0, 3, 1, 2))


def _demand_vectors(layer: Any) -> None:
    if len(layer.input.shape) != 2:
        raise cannot(layer, "is given more than vectors")


def _inverse_root(nodes: Nodes, layer: Any, features: str) -> str:
    return nodes.add("Reciprocal", [nodes.add("Sqrt", [features])])


def _rescaling(nodes: Nodes, layer: Any, features: str) -> str:
    numbers = {"scale": layer.scale, "offset": layer.offset}
    scale, offset = (
        nodes.constant(f"{layer.name}/{name}", _of_channels(value))
        for name, value in numbers.items()
    )
    return nodes.add("Add", [nodes.add("Mul", [features, scale]), offset])


def _of_channels(value: Any) -> np.ndarray:
    """Give a number as it is, and one for each channel where ONNX has channels."""
    numbers = np.asarray(value, np.float32)
    return numbers.reshape(-1, 1, 1) if numbers.ndim else numbers


def _global_pooling(kind: str) -> Converter:
    def convert(nodes: Nodes, layer: Any, features: str) -> str:
        _demand(layer, keepdims=(True,))
        return nodes.add(kind, [features])

    return convert


def _max_pooling(nodes: Nodes, layer: Any, features: str) -> str:
    lowest = float(np.finfo(np.float32).min)
    return _pooled(nodes, layer, "MaxPool", *continued(nodes, features, _window(layer), lowest))


def _average_pooling(nodes: Nodes, layer: Any, features: str) -> str:
    """Average what of each window lies in the picture.

    A node leaves out its own pads. Those in the graph count as zeros: then the same averages of
    ones say which share of a window lies in the picture.
    """
    padded, pads = continued(nodes, features, _window(layer), 0.0)
    averages = _pooled(nodes, layer, "AveragePool", padded, pads)
    if padded == features:
        return averages
    one = numpy_helper.from_array(np.ones(1, np.float32))
    ones = nodes.add("ConstantOfShape", [nodes.add("Shape", [features])], value=one)
    padded, pads = continued(nodes, ones, _window(layer), 0.0)
    return nodes.add("Div", [averages, _pooled(nodes, layer, "AveragePool", padded, pads)])


def _window(layer: Any) -> Window:
    return Window(layer.pool_size, layer.strides, layer.padding)


def _pooled(nodes: Nodes, layer: Any, kind: str, features: str, pads: list[int]) -> str:
    how = {"kernel_shape": layer.pool_size, "strides": layer.strides}
    return nodes.add(kind, [features], pads=pads, **how)


def _plainly(kind: str) -> Converter:
    """Convert what is one node without settings."""

    def convert(nodes: Nodes, layer: Any, *features: str) -> str:
        return nodes.add(kind, features)

    return convert


def _product(nodes: Nodes, layer: Any, first: str, *others: str) -> str:
    for other in others:
        first = nodes.add("Mul", [first, other])
    return first


def _nothing(nodes: Nodes, layer: Any, features: str) -> str:
    """Leave out what only works in training."""
    return features


CONVERTERS: dict[str, Converter] = {
    "Conv2D": _convolution,
    "Conv2DTranspose": _transposed_convolution,
    "GroupNormalization": _normalisation,
    "BatchNormalization": _batch_normalisation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "Activation": _activated,
    "Pad": _pad,
    "ZeroPadding2D": _zero_padding,
    "Cropping2D": _cropping,
    "UpSampling2D": _upsampling,
    "MaxPooling2D": _max_pooling,
    "GlobalMaxPooling2D": _global_pooling("GlobalMaxPool"),
    "GlobalAveragePooling2D": _global_pooling("GlobalAveragePool"),
    "AveragePooling2D": _average_pooling,
    "Rescaling": _rescaling,
    "Dense": _dense,
    "Reshape": _reshape,
    "Rsqrt": _inverse_root,
    "Concatenate": _concatenation,
    "Add": _plainly("Sum"),
    "Multiply": _product,
    "Subtract": _plainly("Sub"),
    "Relu": _plainly("Relu"),
    "Tanh": _plainly("Tanh"),
    "Dropout": _nothing,
    "SpatialDropout2D": _nothing,
    "GaussianNoise": _nothing,
    "GaussianDropout": _nothing,
}
