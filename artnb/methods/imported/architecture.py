"""What networks consist of that others have built in Keras, layer by layer.

A saved Keras model describes its layers in JSON. What is made of it here names layers of Keras and
of ours alone, so that building them runs no code of the file's; height and width are free.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from artnb.errors import InputError

# A model: {"input": name, "output": place, "layers": [layer, ...]}, and "is_chain" of a Sequential.
# A layer: {"name", "class_name", "config", "calls"}, or with "model" in place of class and config
# where a model is nested. A call is a list of places, one for each input; a place is [name of a
# layer, number of its call].
Description = dict[str, Any]

_MODELS = ("Functional", "Model", "Sequential")
# What image-to-image networks are made of. No layer that calls a function of its author's.
KERAS_LAYERS = frozenset({
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average",
    "AveragePooling2D", "BatchNormalization", "Concatenate", "Conv2D", "Conv2DTranspose",
    "Cropping2D", "Dense", "DepthwiseConv2D", "Dropout", "ELU", "Flatten", "GaussianDropout",
    "GaussianNoise", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "InputLayer",
    "LayerNormalization", "LeakyReLU", "MaxPooling2D", "Maximum", "Minimum", "Multiply",
    "PReLU", "Permute", "ReLU", "Rescaling", "Reshape", "SeparableConv2D", "Softmax",
    "SpatialDropout2D", "Subtract", "UpSampling2D", "ZeroPadding2D",
})  # fmt: skip
OWN_LAYERS = frozenset({
    "artnb>InstanceNormalization", "artnb>GroupNormalization", "artnb>ReflectionPadding2D",
    "artnb>DropFirst", "artnb>LeakyReLU", "artnb>NarrowConvolution",
    "artnb>UpsamplingConvolution",
})  # fmt: skip
# Layers that compute what functions of Keras do between layers.
_FUNCTIONS = {
    "Add": ("Add", {}),
    "Multiply": ("Multiply", {}),
    "Subtract": ("Subtract", {}),
    "Tanh": ("Activation", {"activation": "tanh"}),
    "Relu": ("Activation", {"activation": "relu"}),
}
# Of which `artnb export` subtracts one after the other.
_CENTRING_LAYERS = ("GlobalMaxPooling2D", "GlobalAveragePooling2D")
# What an InstanceNormalization with more to choose than epsilon says of itself.
_ELSEWHERE = {"axis", "center", "scale", "mode"}
# How weights began and were trained is of no use here, and could name somebody's functions.
_TRAINING_KEYS = ("_initializer", "_regularizer", "_constraint")
_DROPPED_KEYS = ("trainable", "dtype", "batch_input_shape", "build_input_shape")


def describe_network(saved: Mapping[str, Any]) -> Description:
    """Describe a saved model by layers that are known, with height and width free.

    tensorflow-addons' and Keras' instance normalisation become ours, which lets large pictures be
    painted in tiles.

    Args:
        saved: what Keras 2 and 3 write as JSON into .h5 and .keras files.

    Raises:
        InputError: the network has a layer that is not known, or is not described so.
    """
    try:
        return _without_centring(_model(saved))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "the network must be described as Keras does, layer by layer, and this description "
            f"is incomplete ({type(error).__name__}: {error}); save the model again"
        ) from error


def check_description(description: Mapping[str, Any]) -> None:
    """Check that a description names known layers alone.

    Raises:
        InputError: it names others.
    """
    for layer in description["layers"]:
        if "model" in layer:
            check_description(layer["model"])
        elif layer["class_name"] not in KERAS_LAYERS | OWN_LAYERS:
            raise _unknown(layer["class_name"], layer["name"])


def _model(saved: Mapping[str, Any]) -> Description:
    if saved["class_name"] not in _MODELS:
        raise InputError(
            f"the network must be a Sequential or functional Keras model, and it is a "
            f"{saved['class_name']}, which only its author's code defines; save the generator in it"
        )
    config = saved["config"]
    if saved["class_name"] == "Sequential":
        return _sequential(config)
    offsets = _offsets(config["layers"])
    layers = [
        {**_layer(entry), "calls": [_places(call, offsets) for call in entry["inbound_nodes"]]}
        for entry in config["layers"]
    ]
    (inputs,) = _tensors(config["input_layers"])
    (outputs,) = _tensors(config["output_layers"])
    # The output is of its layer's last call: whatever it were called for later would not matter.
    (calls,) = (len(layer["calls"]) for layer in layers if layer["name"] == outputs[0])
    output = [outputs[0], max(0, calls - 1)]
    return {"input": inputs[0], "output": output, "layers": layers}


def _without_centring(network: Description) -> Description:
    """Leave out what `artnb export` subtracts of each channel before an instance norm.

    It changes nothing but rounding, and tiles of one picture would each subtract something else.
    """
    by_name = {layer["name"]: layer for layer in network["layers"]}
    kept = network["layers"]
    while (found := _centring(kept, by_name)) is not None:
        subtraction, pooling, before = found
        kept = [layer for layer in kept if layer["name"] not in (subtraction, pooling)]
        for layer in kept:
            layer["calls"] = [
                [before if place == [subtraction, 0] else place for place in call]
                for call in layer["calls"]
            ]
    return {**network, "layers": kept}


def _centring(
    layers: list[Description], by_name: Mapping[str, Description]
) -> tuple[str, str, list[Any]] | None:
    """Find what a norm's input is less of: (subtraction, pooling, place that both are given)."""
    norms = [one for one in layers if one.get("class_name") == "artnb>InstanceNormalization"]
    for place in (place for norm in norms for call in norm["calls"] for place in call):
        subtraction = by_name[place[0]]
        if subtraction.get("class_name") != "Subtract" or len(subtraction["calls"]) != 1:
            continue
        before, pooled = subtraction["calls"][0]
        pooling = by_name[pooled[0]]
        is_of_the_same = pooling["calls"] == [[before]]
        if pooling.get("class_name") in _CENTRING_LAYERS and is_of_the_same:
            return subtraction["name"], pooling["name"], before
    return None


def _sequential(config: Mapping[str, Any]) -> Description:
    """Describe a chain of layers as the graph that it is."""
    layers = [_layer(entry, f"layer_{number}") for number, entry in enumerate(config["layers"])]
    if layers[0].get("class_name") != "InputLayer":
        layers.insert(0, _input("pictures", None))
    for before, layer in pairwise(layers):
        layer["calls"] = [[[before["name"], 0]]]
    ends = {"input": layers[0]["name"], "output": [layers[-1]["name"], 0]}
    return {**ends, "layers": layers, "is_chain": True}


def _tensors(node: Any) -> list[list[Any]]:
    """List the tensors that a call is given: [name of a layer, number of its call, ...] each.

    Keras 2 and 3 nest them differently, and give keyword arguments beside them.
    """
    if isinstance(node, Mapping):
        if node.get("class_name") == "__keras_tensor__":
            return [node["config"]["keras_history"]]
        return _tensors(node["args"])
    if isinstance(node, list) and node and isinstance(node[0], str):
        return [node]
    if not isinstance(node, list):
        raise InputError(
            f"layers of the network must be given pictures and features alone, and one is given "
            f"{node!r} too; build the model with layers in place of such arithmetic"
        )
    return [tensor for part in node for tensor in _tensors(part)]


def _offsets(entries: list[Mapping[str, Any]]) -> dict[str, int]:
    """Find from which number on Keras counts the calls of each layer.

    Keras 2 counts those of a nested model from 1, since it called it once by itself, and so does
    Keras 3 where it names a model's output, but not where it names what layers are given. What is
    first called is used, or is the output.
    """
    used = [tensor for entry in entries for tensor in _tensors(entry["inbound_nodes"])]
    offsets: dict[str, int] = {}
    for name, number, *_ in used:
        offsets[name] = min(number, offsets.get(name, number))
    return offsets


def _places(call: Any, offsets: Mapping[str, int]) -> list[list[Any]]:
    return [_place(tensor, offsets) for tensor in _tensors(call)]


def _place(tensor: list[Any], offsets: Mapping[str, int]) -> list[Any]:
    name, number, *_ = tensor
    return [name, number - offsets.get(name, 0)]


def _layer(entry: Mapping[str, Any], unnamed: str = "") -> Description:
    """Describe a layer, not yet where it stands.

    Args:
        entry: what Keras says of it.
        unnamed: its name where neither says one: layers of others need not.
    """
    saved, name = entry["config"], entry.get("registered_name") or entry["class_name"]
    layer_name = entry.get("name") or saved.get("name") or unnamed
    if entry["class_name"] in _MODELS:
        return {"name": layer_name, "model": _model(entry)}
    if name == "InputLayer":
        return _input(layer_name, saved.get("batch_shape") or saved["batch_input_shape"])
    return {"name": layer_name, **_known(name, entry, layer_name)}


def _known(name: str, entry: Mapping[str, Any], layer_name: str) -> Description:
    saved = entry["config"]
    if name in OWN_LAYERS:
        return {"class_name": name, "config": _useful(saved)}
    if name.endswith("InstanceNormalization"):
        return _instance_normalisation(name, saved, layer_name)
    if name == "GroupNormalization":
        return _group_normalisation(saved, entry.get("build_config") or {})
    if name in ("Pad", "ReflectionPadding2D", "ReflectionPad2D"):
        return _reflection_padding(name, saved)
    if str(entry.get("module")).startswith("keras.src.ops.") and name in _FUNCTIONS:
        class_name, config = _FUNCTIONS[name]
        return {"class_name": class_name, "config": {"name": layer_name, **config}}
    if name not in KERAS_LAYERS:
        raise _unknown(name, layer_name)
    return {"class_name": name, "config": _useful(saved)}


def _unknown(class_name: str, layer_name: str) -> InputError:
    return InputError(
        f"the network must be of layers that artnb knows, and {layer_name} is a {class_name}; "
        "nothing that a file defines is run: build the model with Keras' own layers instead"
    )


def _input(name: str, shape: list[Any] | None) -> Description:
    if shape is not None and len(shape) != 4:
        raise InputError(
            f"the network must turn pictures (height, width, 3) into pictures, and its input has "
            f"the shape {tuple(shape[1:])}; choose the file of a generator"
        )
    channels = shape[3] if shape else 3
    config = {"name": name, "batch_shape": [None, None, None, channels]}
    return {"name": name, "class_name": "InputLayer", "config": config, "calls": []}


def _useful(config: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what decides about the result, as Keras 3 calls it."""
    useful = {
        key: value
        for key, value in config.items()
        if value is not None and key not in _DROPPED_KEYS and not key.endswith(_TRAINING_KEYS)
    }
    if useful.get("groups") == 1:  # what they are anyway; some layers of Keras 3 do not know it
        del useful["groups"]
    if "alpha" in useful:  # Keras 2's name in LeakyReLU
        useful["negative_slope"] = useful.pop("alpha")
    if isinstance(useful.get("axis"), list) and len(useful["axis"]) == 1:
        (useful["axis"],) = useful["axis"]
    if useful.get("data_format") == "channels_first":
        raise InputError(
            "the network must keep colours last (channels_last), and this one keeps them first; "
            "build it again with channels_last and give it the same weights"
        )
    if not isinstance(useful.get("activation", ""), str):
        raise InputError(
            f"the network must use activations of Keras, and that of {config['name']} is its "
            "author's own; build it again with one of Keras'"
        )
    return useful


def _instance_normalisation(name: str, config: Mapping[str, Any], layer_name: str) -> Description:
    """Describe tensorflow-addons' layer, or that of TensorFlow's tutorials, by ours.

    Others of this name compute other things.
    """
    own = {"name": layer_name, **config}
    if "groups" in config:
        return {"class_name": "artnb>InstanceNormalization", "config": _affine(own)}
    if "epsilon" in config and not _ELSEWHERE & set(config):
        epsilon = {"name": layer_name, "epsilon": config["epsilon"], "affine": True}
        return {"class_name": "artnb>InstanceNormalization", "config": epsilon}
    raise InputError(
        f"the network must have tensorflow-addons' InstanceNormalization or Keras' "
        f"GroupNormalization, and {layer_name} is another {name}, of which the file does "
        "not say what it computes; build the model again with one of them"
    )


def _group_normalisation(config: Mapping[str, Any], built: Mapping[str, Any]) -> Description:
    """Describe Keras' layer by ours; a group for each channel is instance normalisation."""
    channels = (built.get("input_shape") or [None])[-1]
    if config["groups"] in (-1, channels):
        return {"class_name": "artnb>InstanceNormalization", "config": _affine(config)}
    grouped = {"groups": config["groups"], **_affine(config)}
    return {"class_name": "artnb>GroupNormalization", "config": grouped}


def _affine(config: Mapping[str, Any]) -> dict[str, Any]:
    if config.get("axis", -1) not in (-1, 3) or config["center"] != config["scale"]:
        raise InputError(
            "norms must be over the last axis and have both scale and offset or neither, and "
            f"{config['name']} has not; build the model again so"
        )
    return {
        "name": config["name"],
        "epsilon": config["epsilon"],
        "affine": config["center"],
    }


def _reflection_padding(name: str, config: Mapping[str, Any]) -> Description:
    """Describe a layer of the keras.io example, or Keras' function, by our layer."""
    padding = config.get("pad_width", config.get("padding"))
    if name == "Pad" and config.get("mode") == "reflect" and padding:
        (*batch, down, across, channels) = padding
        padding = [down, across] if [*batch, channels] == [[0, 0], [0, 0]] else None
    elif name == "Pad":
        padding = None
    edges = set(_flat(padding))
    if len(edges) != 1:
        raise InputError(
            f"the network must pad equally on all sides by reflection, and {config['name']} says "
            f"{config.get('pad_width', config.get('padding'))}; build the model again so"
        )
    shape = {"name": config["name"], "padding": edges.pop()}
    return {"class_name": "artnb>ReflectionPadding2D", "config": shape}


def _flat(padding: Any) -> list[int]:
    if isinstance(padding, list | tuple):
        return [edge for part in padding for edge in _flat(part)]
    return [] if padding is None else [padding]
