"""ONNX files of our own: written with all that is needed to read them back."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from artnb.errors import InputError
from artnb.exchange.optional import check_onnx
from artnb.files import write_whole
from artnb.models.building import weights_at_most

if TYPE_CHECKING:
    import onnx

_NETWORK = "keras_network"
# What a network's JSON may name beside the operations that a graph can hold.
_AROUND = {"Functional", "InputLayer", "DTypePolicy", "__keras_tensor__", "__tuple__"}
_BYTES_A_WEIGHT = 4  # float32
_INITIALIZERS = "keras.initializers"


def write_onnx(path: Path, network: keras.Model, facts: Mapping[str, str]) -> None:
    """Write a network as an ONNX file, whole or not at all.

    Args:
        path: the file to make.
        network: as for `build_onnx`.
        facts: what to record beside it, such as the names of the domains.

    Raises:
        InputError: onnx is not installed, or the network holds a layer that it cannot express.
    """
    check_onnx()
    from artnb.exchange.onnx_graph import build_onnx

    model = build_onnx(network, {**facts, _NETWORK: network.to_json()})
    write_whole(path, model.SerializeToString(deterministic=True))


def read_onnx_facts(path: Path) -> dict[str, str]:
    """Read what `write_onnx` recorded beside the network.

    Raises:
        InputError: the file is damaged, or artnb did not make it.
    """
    facts = _facts(path, _open(path))
    del facts[_NETWORK]
    return facts


def read_onnx(path: Path) -> keras.Model:
    """Build the network of an ONNX file that artnb made.

    Args:
        path: a file of `write_onnx`; nothing that it names is run, and no other file is read.

    Returns:
        The portable network that was written, with its weights.

    Raises:
        InputError: the file is damaged, artnb did not make it, or the network has more weights
            than the file has room for.
    """
    model = _open(path)
    description = _facts(path, model)[_NETWORK]
    try:
        _check_description(json.loads(description))
        with weights_at_most(path.stat().st_size // _BYTES_A_WEIGHT):
            network = keras.models.model_from_json(description)
        network.set_weights(list(_weights(model, network)))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except Exception as error:  # Keras raises almost anything for a description that is damaged
        raise _not_ours(path) from error
    return network


def _open(path: Path) -> "onnx.ModelProto":
    check_onnx()
    import onnx

    try:
        return onnx.load(path, load_external_data=False)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except Exception as error:  # protobuf's error has another module in every version
        raise InputError(f"{path} must be an ONNX file, and is damaged or another kind of file; "
                         "export it again") from error  # fmt: skip


def _facts(path: Path, model: "onnx.ModelProto") -> dict[str, str]:
    facts = {entry.key: entry.value for entry in model.metadata_props}
    if _NETWORK not in facts:
        raise _not_ours(path)
    return facts


def _not_ours(path: Path) -> InputError:
    return InputError(
        f"{path} must be an ONNX file that artnb export wrote and nobody changed, and it is not; "
        "bring the network as a file of Keras or PyTorch"
    )


def _check_description(part: Any) -> None:
    """Refuse a network's JSON that names anything but the operations we write."""
    from artnb.exchange.onnx_layers import CONVERTERS

    if isinstance(part, dict) and "class_name" in part:
        module, name = part.get("module"), part["class_name"]
        is_layer = name in _AROUND or name in CONVERTERS
        is_keras = module is None or module == "keras" or module.startswith("keras.")
        if not is_keras or not (is_layer or module == _INITIALIZERS):
            raise ValueError(f"{module}.{name} is no part of a painter")
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            _check_description(inner)


def _weights(model: "onnx.ModelProto", network: keras.Model) -> Iterator[np.ndarray]:
    from artnb.exchange.onnx_nodes import read_weight

    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for weight in network.weights:
        yield read_weight(stored[weight.path])
