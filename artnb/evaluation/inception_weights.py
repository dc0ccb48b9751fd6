"""Inception-2015 from either of its public files.

- `inception-2015-12-05.tgz`, or the `classify_image_graph_def.pb` in it: the graph that Google
  published and that FID was defined with; read without TensorFlow.
- `pt_inception-2015-12-05-6726825d.pth`: the same weights, ported to PyTorch for pytorch-fid and
  torch-fidelity; read without PyTorch.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.inception import build_inception
from artnb.evaluation.tensorflow_graph import read_constants
from artnb.torch_files import is_torch_file, read_state_dict

if TYPE_CHECKING:
    import keras

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


def load_inception(path: Path) -> "keras.Model":
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


def _named_variables(model: "keras.Model", in_port: bool) -> Iterator[tuple[Any, str]]:
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
