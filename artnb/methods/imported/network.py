"""Build networks that others have described, for pictures of any size."""

import json
from bisect import bisect_left
from pathlib import Path
from typing import Any, Required, TypedDict

import keras

from artnb.documents import Count, read_document
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.methods.imported.architecture import Description, check_description
from artnb.models.layers import (
    DropFirst,
    GroupNormalization,
    InstanceNormalization,
    LeakyReLU,
    ReflectionPadding2D,
)

_OWN = {
    f"artnb>{layer.__name__}": layer
    for layer in (
        InstanceNormalization,
        GroupNormalization,
        ReflectionPadding2D,
        DropFirst,
        LeakyReLU,
    )
}
# Ten halvings are two more than pictures of 256 px have room for.
_MOST_HALVINGS = 10
_SMALLEST_PX = 257


_Place = tuple[str, Count]


class _Layer(TypedDict, total=False):
    name: Required[str]
    calls: Required[list[list[_Place]]]
    class_name: str
    config: dict[str, Any]
    model: "_Network"


class _Network(TypedDict, total=False):
    """A `Description` as it must be in a file."""

    input: Required[str]
    output: Required[_Place]
    layers: Required[list[_Layer]]
    is_chain: bool


def build_network(description: Description, name: str) -> keras.Model:
    """Build a described network.

    Args:
        description: of `describe_network`.
        name: of the model, such as `"generator_g"`.

    Returns:
        A float32 model from `(batch, height, width, 3)` to the same, with random weights.

    Raises:
        InputError: it cannot be built for pictures of any size, or does not give such pictures.
    """
    try:
        network = _build(description, name)
    except InputError:
        raise
    except Exception as error:  # Keras raises of almost any class where layers do not fit
        raise InputError(_why_not(description, error)) from error
    _check_pictures(network)
    return network


def _build(description: Description, name: str) -> keras.Model:
    """Build layer by layer, each once what it is given is there."""
    layers = {layer["name"]: _new_layer(layer) for layer in description["layers"]}
    pictures = layers[description["input"]].output
    outputs = {(description["input"], 0): pictures}
    waiting = [
        (layer["name"], number, [tuple(place) for place in call])
        for layer in description["layers"]
        for number, call in enumerate(layer["calls"])
    ]
    while waiting:
        ready = [call for call in waiting if all(place in outputs for place in call[2])]
        if not ready:
            raise InputError(
                f"the network's layers must follow from its input, and {waiting[0][0]} does not; "
                "save the model again"
            )
        for layer, number, places in ready:
            given = [outputs[place] for place in places]
            outputs[layer, number] = layers[layer](given[0] if len(given) == 1 else given)
        waiting = [call for call in waiting if call not in ready]
    return keras.Model(pictures, outputs[tuple(description["output"])], name=name)


def _new_layer(layer: Description) -> keras.Layer:
    if "model" in layer:
        network = _build(layer["model"], layer["name"])
        # Files of weights know a chain of layers by another name.
        is_chain = layer["model"].get("is_chain")
        return keras.Sequential(network.layers, name=network.name) if is_chain else network
    class_name, config = layer["class_name"], layer["config"]
    known = _OWN[class_name] if class_name in _OWN else getattr(keras.layers, class_name)
    return known.from_config(dict(config))


def _why_not(description: Description, error: Exception) -> str:
    kinds = {layer.get("class_name") for layer in description["layers"]}
    if fixed := sorted(kinds & {"Flatten", "Reshape", "Dense"}):
        why = f"{fixed[0]} layers need pictures of one size"
    else:
        why = str(error).strip().partition("\n")[0]
    return (
        "the network must be buildable for pictures of any height and width, and this one is not "
        f"({why}); train one of convolutions alone"
    )


def _check_pictures(network: keras.Model) -> None:
    shapes = [
        tuple(tensor.shape[1:]) for side in (network.inputs, network.outputs) for tensor in side
    ]
    if len(shapes) != 2 or any(len(shape) != 3 or shape[2] != 3 for shape in shapes):
        raise InputError(
            "the network must turn one picture of three colours into another, and it turns "
            f"{shapes[:-1]} into {shapes[-1]}; choose the file of a generator"
        )


def halvings(network: keras.Model) -> int:
    """Find how often a network halves pictures: what comes back at its own size is not enough.

    Sizes that are odd multiples of a power of two tell: a network that halves more often gives
    them back larger, or cannot join what it passed on.

    Raises:
        InputError: pictures never come back at their own size.
    """

    def is_enough(number: int) -> bool:
        odd = -(-_SMALLEST_PX // 2**number) | 1
        edge = odd * 2**number
        return _gives_back(network, (1, edge, edge, 3))

    # Whatever is enough once is so for all larger numbers.
    number = bisect_left(range(_MOST_HALVINGS + 1), True, key=is_enough)
    if number <= _MOST_HALVINGS:
        return number
    raise InputError(
        "the network must give pictures back at their own size, and this one gives others; "
        "choose the file of a generator"
    )


def _gives_back(network: keras.Model, shape: tuple[int, ...]) -> bool:
    try:
        return tuple(network.compute_output_shape(shape)) == shape
    except Exception:  # sizes that do not fit raise of any class, by backend
        return False


def write_description(path: Path, description: Description) -> None:
    """Write a description as JSON."""
    write_whole(path, json.dumps(description) + "\n")


def read_description(path: Path) -> Description:
    """Read a description and check it anew: who gave the file need not have been artnb.

    Raises:
        InputError: the file is gone or damaged.
    """
    advice = "import the generator again"
    try:
        description = read_document(path, _Network, advice)
        check_description(description)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error}); {advice}") from error
    except KeyError as error:
        raise InputError(f"{path} is damaged (a layer has no {error}); {advice}") from error
    return description
