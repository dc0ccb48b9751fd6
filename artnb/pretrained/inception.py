"""Inception v3 as of December 2015, which FID and the Inception Score rest on, and its files.

It is not the Inception v3 of Keras or torchvision: it has 1,008 classes, its average pools leave
the padding out of the average, and its last block has a maximum pool where all others average.

Layers carry the names of the PyTorch port, such as `Mixed_5b.branch1x1.conv` for a convolution and
`Mixed_5b.branch1x1.bn` for the batch normalization after it; the classifier's are its outputs'.

Weights come from either of its public files:

- `inception-2015-12-05.tgz`, or the `classify_image_graph_def.pb` in it: the graph that Google
  published and that FID was defined with; read without TensorFlow.
- `pt_inception-2015-12-05-6726825d.pth`: the same weights, ported to PyTorch for pytorch-fid and
  torch-fidelity; read without PyTorch.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from artnb.errors import InputError
from artnb.pretrained.tensorflow_graph import read_constants
from artnb.torch_files import is_torch_file, read_state_dict

INPUT_SIZE_PX = 299
CLASSES = 1008


def build_inception() -> keras.Model:
    """Build Inception-2015 without weights: kernels are zero until `load_inception` fills them.

    It computes in float32 under every dtype policy.

    Returns:
        A model that takes float32 `(batch, 299, 299, 3)`, resized as by `tensorflow1_resize` and
        scaled as (x − 128) / 128 from [0, 255], and gives a dictionary of float32:

        - `"pool_3"`, `(batch, 2048)`: the features of FID and KID,
        - `"logits_unbiased"`, `(batch, 1008)`: what the Inception Score takes the softmax of,
        - `"logits"`, `(batch, 1008)`: the classifier's, which are the former plus a bias.

    Source: Szegedy et al. 2015, arXiv 1512.00567, in the version of torch-fidelity's
        `feature_extractor_inceptionv3.py`. The Inception Score's authors (Salimans et al. 2016,
        arXiv 1606.03498) multiply by the classifier's matrix and leave its bias out; torch-fidelity
        does so by default.
    """
    pictures = keras.Input((INPUT_SIZE_PX, INPUT_SIZE_PX, 3), dtype="float32")
    x = _stem(pictures)
    for block, pool_filters in (("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)):
        x = _block_35(x, block, pool_filters)
    x = _block_35_to_17(x, "Mixed_6a")
    filters_17 = {"Mixed_6b": 128, "Mixed_6c": 160, "Mixed_6d": 160, "Mixed_6e": 192}
    for block, filters in filters_17.items():
        x = _block_17(x, block, filters)
    x = _block_17_to_8(x, "Mixed_7a")
    x = _block_8(x, "Mixed_7b", _average_pool)
    x = _block_8(x, "Mixed_7c", _max_pool)
    features = layers.GlobalAveragePooling2D(dtype="float32", name="pool_3")(x)
    outputs = {"pool_3": features, **_classify(features)}
    model = keras.Model(pictures, outputs, name="inception_2015")
    model.trainable = False
    return model


@keras.saving.register_keras_serializable("artnb")
class Bias(layers.Layer):
    """Adds a learnt vector to the last axis."""

    def build(self, input_shape: tuple) -> None:
        """Make the vector."""
        self.bias = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Add it."""
        return inputs + self.bias


def _classify(features: Any) -> dict[str, Any]:
    classify = layers.Dense(
        CLASSES, use_bias=False, kernel_initializer="zeros", dtype="float32", name="logits_unbiased"
    )
    unbiased = classify(features)
    return {"logits_unbiased": unbiased, "logits": Bias(dtype="float32", name="logits")(unbiased)}


def _stem(x: Any) -> Any:
    x = _convolution(x, "Conv2d_1a_3x3", 32, 3, 2, "valid")
    x = _convolution(x, "Conv2d_2a_3x3", 32, 3, 1, "valid")
    x = _convolution(x, "Conv2d_2b_3x3", 64, 3)
    x = _halve(x)
    x = _convolution(x, "Conv2d_3b_1x1", 80, 1)
    x = _convolution(x, "Conv2d_4a_3x3", 192, 3, 1, "valid")
    return _halve(x)


def _block_35(x: Any, block: str, pool_filters: int) -> Any:
    """Look at 35×35 positions in four ways."""
    return _join(
        _convolution(x, f"{block}.branch1x1", 64, 1),
        _chain(x, f"{block}.branch5x5", (48, 1), (64, 5)),
        _chain(x, f"{block}.branch3x3dbl", (64, 1), (96, 3), (96, 3)),
        _convolution(_average_pool(x), f"{block}.branch_pool", pool_filters, 1),
    )


def _block_35_to_17(x: Any, block: str) -> Any:
    return _join(
        _convolution(x, f"{block}.branch3x3", 384, 3, 2, "valid"),
        _chain(x, f"{block}.branch3x3dbl", (64, 1), (96, 3), (96, 3, 2, "valid")),
        _halve(x),
    )


def _block_17(x: Any, block: str, filters: int) -> Any:
    """Look at 17×17 positions, with 7×7 kernels taken apart into rows and columns."""
    row, column = (filters, (1, 7)), (filters, (7, 1))
    last_row, last_column = (192, (1, 7)), (192, (7, 1))
    return _join(
        _convolution(x, f"{block}.branch1x1", 192, 1),
        _chain(x, f"{block}.branch7x7", (filters, 1), row, last_column),
        _chain(x, f"{block}.branch7x7dbl", (filters, 1), column, row, column, last_row),
        _convolution(_average_pool(x), f"{block}.branch_pool", 192, 1),
    )


def _block_17_to_8(x: Any, block: str) -> Any:
    row, column = (192, (1, 7)), (192, (7, 1))
    return _join(
        _chain(x, f"{block}.branch3x3", (192, 1), (320, 3, 2, "valid")),
        _chain(x, f"{block}.branch7x7x3", (192, 1), row, column, (192, 3, 2, "valid")),
        _halve(x),
    )


def _block_8(x: Any, block: str, pool: Callable[[Any], Any]) -> Any:
    """Look at 8×8 positions; two branches end in a row and a column side by side."""
    single = _chain(x, f"{block}.branch3x3", (384, 1))
    double = _chain(x, f"{block}.branch3x3dbl", (448, 1), (384, 3))
    return _join(
        _convolution(x, f"{block}.branch1x1", 320, 1),
        _row_and_column(single, f"{block}.branch3x3_2"),
        _row_and_column(double, f"{block}.branch3x3dbl_3"),
        _convolution(pool(x), f"{block}.branch_pool", 192, 1),
    )


def _row_and_column(x: Any, name: str) -> Any:
    return _join(
        _convolution(x, f"{name}a", 384, (1, 3)),
        _convolution(x, f"{name}b", 384, (3, 1)),
    )


def _chain(x: Any, name: str, *convolutions: tuple) -> Any:
    """Apply one convolution after the other; the port counts them from 1."""
    for number, settings in enumerate(convolutions, start=1):
        x = _convolution(x, f"{name}_{number}", *settings)
    return x


def _convolution(
    x: Any,
    name: str,
    filters: int,
    kernel: int | tuple[int, int],
    strides: int = 1,
    padding: str = "same",
) -> Any:
    """Convolve without a bias, normalize, rectify."""
    options = {"use_bias": False, "kernel_initializer": "zeros", "dtype": "float32"}
    convolve = layers.Conv2D(filters, kernel, strides, padding, name=f"{name}.conv", **options)
    normalize = layers.BatchNormalization(epsilon=1e-3, dtype="float32", name=f"{name}.bn")
    return layers.ReLU(dtype="float32")(normalize(convolve(x)))


def _join(*branches: Any) -> Any:
    return layers.Concatenate(dtype="float32")(branches)


def _halve(x: Any) -> Any:
    return layers.MaxPooling2D(3, strides=2, dtype="float32")(x)


def _max_pool(x: Any) -> Any:
    return layers.MaxPooling2D(3, strides=1, padding="same", dtype="float32")(x)


def _average_pool(x: Any) -> Any:
    # With padding "same", Keras leaves the padding out of the average on every backend.
    return layers.AveragePooling2D(3, strides=1, padding="same", dtype="float32")(x)


_MOST_PROBLEMS_TOLD = 3
# What the variables of a layer are called in the graph and in the port.
_IN_GRAPH = {
    "kernel": "conv2d_params",
    "gamma": "batchnorm/gamma",
    "beta": "batchnorm/beta",
    "moving_mean": "batchnorm/moving_mean",
    "moving_variance": "batchnorm/moving_variance",
}
_IN_PORT = {
    "kernel": "conv.weight",
    "gamma": "bn.weight",
    "beta": "bn.bias",
    "moving_mean": "bn.running_mean",
    "moving_variance": "bn.running_var",
}
_CLASSIFIER_IN_GRAPH = {"logits_unbiased": "softmax/weights", "logits": "softmax/biases"}
_CLASSIFIER_IN_PORT = {"logits_unbiased": "fc.weight", "logits": "fc.bias"}

# The graph numbers what has the same name in one place: conv, conv_1 ... and mixed, mixed_1 ...
_STEM = ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3")
_BLOCKS = ("5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c")
# Its towers are the branches of several steps and the pools; other branches belong to the block.
_TOWERS = {
    "5": ("branch5x5", "branch3x3dbl", "branch_pool"),
    "6a": ("branch3x3dbl",),
    "6": ("branch7x7", "branch7x7dbl", "branch_pool"),
    "7a": ("branch3x3", "branch7x7x3"),
    "7": ("branch3x3", "branch3x3dbl", "branch_pool"),
}
_BRANCH = re.compile(r"(branch(?:_pool|[\dx]+(?:dbl)?))(?:_(\d)([ab]?))?")


def load_inception(path: Path) -> keras.Model:
    """Build Inception-2015 and fill it with published weights.

    Args:
        path: `inception-2015-12-05.tgz`, `classify_image_graph_def.pb` or
            `pt_inception-2015-12-05-6726825d.pth`, under any name.

    Returns:
        The model of `build_inception`.

    Raises:
        InputError: the file is missing, damaged, or holds another network.

    Source: names and their correspondence from torch-fidelity's
        `util_convert_inception_weights.py`.
    """
    in_port = is_torch_file(path)
    weights = _keras_layout(read_state_dict(path)) if in_port else read_constants(path)
    model = build_inception()
    found = [
        (variable, name, weights.get(name)) for variable, name in _named_variables(model, in_port)
    ]
    problems = [
        problem for variable, name, values in found if (problem := _problem(variable, name, values))
    ]
    if problems:
        # A wrong shape says more than a missing name.
        problems.sort(key=lambda problem: problem.endswith("missing"))
        raise InputError(_refusal(path, problems))
    for variable, _, values in found:
        variable.assign(values)
    return model


def _keras_layout(state_dict: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Turn PyTorch's (out, in, height, width) into (height, width, in, out)."""
    axes = {4: (2, 3, 1, 0), 2: (1, 0)}
    return {name: values.transpose(axes.get(values.ndim)) for name, values in state_dict.items()}


def _named_variables(model: keras.Model, in_port: bool) -> Iterator[tuple[Any, str]]:
    """Give each variable of the network with its name in the port or in the graph."""
    classifier = _CLASSIFIER_IN_PORT if in_port else _CLASSIFIER_IN_GRAPH
    for layer in model.layers:
        for variable in layer.weights:
            convolution = layer.name.removesuffix(".conv").removesuffix(".bn")
            if layer.name in classifier:
                yield variable, classifier[layer.name]
            elif in_port:
                yield variable, f"{convolution}.{_IN_PORT[variable.name]}"
            else:
                yield variable, f"{graph_scope(convolution)}/{_IN_GRAPH[variable.name]}"


def graph_scope(convolution: str) -> str:
    """Translate a convolution's name, such as `Mixed_5c.branch5x5_2`, to `mixed_1/tower/conv_1`."""
    if convolution in _STEM:
        return _numbered("conv", _STEM.index(convolution))
    block, branch = convolution.removeprefix("Mixed_").split(".")
    stem, step, side = _BRANCH.fullmatch(branch).groups()
    scope = _numbered("mixed", _BLOCKS.index(block))
    towers = _TOWERS.get(block, _TOWERS[block[0]])
    if stem in towers:
        scope = f"{scope}/{_numbered('tower', towers.index(stem))}"
    if side:
        return f"{scope}/mixed/{_numbered('conv', 'ab'.index(side))}"
    return f"{scope}/{_numbered('conv', int(step or 1) - 1)}"


def _numbered(name: str, index: int) -> str:
    return f"{name}_{index}" if index else name


def _problem(variable: Any, name: str, values: np.ndarray | None) -> str:
    if values is None:
        return f"{name} is missing"
    if values.shape != tuple(variable.shape):
        return f"{name} has the shape {values.shape} instead of {tuple(variable.shape)}"
    if not np.isfinite(values).all():
        return f"{name} is not finite"
    return ""


def _refusal(path: Path, problems: list[str]) -> str:
    told = "; ".join(problems[:_MOST_PROBLEMS_TOLD])
    more = len(problems) - _MOST_PROBLEMS_TOLD
    rest = f"; and {more} more" if more > 0 else ""
    return (
        f"{path} must hold the Inception network of 2015 that FID is defined with, but "
        f"{told}{rest} (shapes in Keras' order); use inception-2015-12-05.tgz of TensorFlow or "
        "pt_inception-2015-12-05-6726825d.pth of pytorch-fid"
    )
