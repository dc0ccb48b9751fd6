"""A portable network as an ONNX graph: one node or a few for each of its layers.

The library tf2onnx would need TensorFlow, which JAX's machines have not, and folds weights into
others, so that a graph could not be read back.
"""

from collections.abc import Mapping
from typing import Any

import keras
import onnx
from onnx import helper

from artnb.exchange.onnx_layers import CONVERTERS, Converter, cannot
from artnb.exchange.onnx_nodes import Nodes
from artnb.exchange.onnx_padding import example_edge
from artnb.exchange.onnx_statistics import SharedNorms

# Old enough for all that runs ONNX; newer ones have no node that a generator needs.
_OPSET = 17
_IR_VERSION = 8  # the one that came with this opset
_OUTPUTS = {"picture": "painting", "z": "pictures"}
# What a shape calls that is not known before: pictures may have any size.
_UNKNOWN = ("batch", "height", "width", "channels")
# Keras' layers see colours last and ONNX' first: turned at the beginning, and back at the end.
_COLOURS_FIRST, _COLOURS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def build_onnx(
    network: keras.Model,
    facts: Mapping[str, str],
    norms: SharedNorms | None = None,
    half: bool = False,
) -> onnx.ModelProto:
    """Write a network down as ONNX, and have ONNX check the result.

    Args:
        network: of `artnb.exchange.portable.portable`, or of
            `artnb.exchange.portable_stylegan2.portable_stylegan2`.
        facts: what to record beside it. By `multiple_px` among them both sides of pictures can be
            divided; without it they may have any size that the network takes.
        norms: what gives norms over pictures inputs and outputs for their statistics; without it
            each picture has its own.
        half: keep weights as float16, each cast to float32 before it is used.

    Returns:
        A model from `picture` to `painting`, both float32 `(batch, height, width, 3)` of any such
        size; or from `z` and `truncation` to `pictures`. Weights have the paths that Keras gives
        them as their names.

    Raises:
        InputError: the network holds a layer that is not known here; the message names it.
    """
    model = helper.make_model(
        _graph(network, facts.get("multiple_px"), norms, Nodes(half)),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="artnb",
    )
    helper.set_model_props(model, dict(facts))
    onnx.checker.check_model(model, full_check=True)
    return model


def _graph(
    network: keras.Model, multiple_px: str | None, norms: SharedNorms | None, nodes: Nodes
) -> onnx.GraphProto:
    edge = example_edge(network, int(multiple_px)) if multiple_px else None
    converters = {**CONVERTERS, "GroupNormalization": norms.convert} if norms else CONVERTERS
    made = _Walk(nodes, converters, edge).through(network)
    output = _OUTPUTS[network.inputs[0].name]
    nodes.add("Transpose", [made], output, perm=_COLOURS_LAST)
    given = [_end(one.name, one.shape) for one in network.inputs]
    results = [_end(output, network.outputs[0].shape)]
    if norms and norms.count:
        given += norms.inputs()
        results.append(norms.output(nodes))
    numbers = list(nodes.initializers.values())
    return helper.make_graph(nodes.nodes, network.name, given, results, numbers)


def _end(name: str, shape: tuple[int | None, ...]) -> onnx.ValueInfoProto:
    """Describe an input or output."""
    named = [edge or unknown for edge, unknown in zip(shape, _UNKNOWN, strict=False)]
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, named)


class _Walk:
    """A walk through a network, which notes by which name each of Keras' tensors goes in ONNX.

    Args:
        nodes: the graph to add to.
        converters: what adds each kind of layer.
        edge: of the picture to walk with, whose padding is that of all; None where there is none.
    """

    def __init__(self, nodes: Nodes, converters: Mapping[str, Converter], edge: int | None) -> None:
        self._nodes, self._converters, self._edge = nodes, converters, edge
        self._names: dict[keras.KerasTensor, str] = {}

    def through(self, network: keras.Model) -> str:
        """Visit all layers, and give the name of the network's result."""
        given = keras.tree.map_structure(self._input, network.input)
        # Cloning calls layer after layer; here it is only asked which, and with what.
        walked = keras.models.clone_model(
            network, given, clone_function=lambda layer: layer, call_function=self._visit
        )
        return self._names[walked.output]

    def _input(self, like: keras.KerasTensor) -> keras.KerasTensor:
        """Make an input like a network's; pictures are turned."""
        if len(like.shape) != 4:
            given = keras.Input(like.shape[1:], name=like.name)
            self._note(given, given.name)
            return given
        given = keras.Input((self._edge, self._edge, like.shape[3]), name=like.name)
        self._note(given, self._nodes.add("Transpose", [given.name], perm=_COLOURS_FIRST))
        return given

    def _visit(self, layer: Any, *args: Any, **kwargs: Any) -> Any:
        given = keras.tree.flatten(args)
        convert = self._converters.get(type(layer).__name__)
        if convert is None:
            raise cannot(layer, "is a kind that is not known here")
        if kwargs.get("training"):
            raise cannot(layer, "works as in training")
        if not all(isinstance(part, keras.KerasTensor) for part in given):
            raise cannot(layer, "is given more than features")
        if getattr(layer, "data_format", "channels_last") != "channels_last":
            raise cannot(layer, "has colours first")
        outputs = layer(*args, **kwargs)
        self._note(outputs, convert(self._nodes, layer, *(self._names[part] for part in given)))
        return outputs

    def _note(self, features: keras.KerasTensor, name: str) -> None:
        self._names[features] = name
        if len(features.shape) == 4:
            self._nodes.sides[name] = features.shape[1:3]
