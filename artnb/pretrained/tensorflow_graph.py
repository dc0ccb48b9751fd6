"""Constants of a frozen TensorFlow graph, read without TensorFlow.

Messages are declared as far as they are needed, after tensorflow/core/framework's `graph.proto`,
`node_def.proto`, `attr_value.proto` and `tensor.proto`; all else in a file is skipped as unknown.
"""

import gzip
import io
import math
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from artnb.errors import InputError

# Inception's 95 MB with room to spare; nothing that is read grows beyond it.
LARGEST_GRAPH_BYTES = 512 << 20
_GZIP_START = b"\x1f\x8b"
_FLOAT = 1  # DT_FLOAT of types.proto
# Name, number and type of each field; a star marks repeated ones. A map is a list of entries.
_MESSAGES = {
    "Graph": {"node": (1, "*Node")},
    "Node": {"name": (1, "string"), "op": (2, "string"), "attr": (5, "*Attribute")},
    "Attribute": {"key": (1, "string"), "value": (2, "Value")},
    "Value": {"tensor": (8, "Tensor")},
    "Tensor": {
        "dtype": (1, "int32"),
        "tensor_shape": (2, "Shape"),
        "tensor_content": (4, "bytes"),
        "float_val": (5, "*float"),
    },
    "Shape": {"dim": (2, "*Dimension")},
    "Dimension": {"size": (1, "int64")},
}


def _graph_class() -> type:
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="artnb/graph.proto", package="artnb", syntax="proto3"
    )
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for name, (number, declared) in fields.items():
            label = field.LABEL_REPEATED if declared.startswith("*") else field.LABEL_OPTIONAL
            added = message.field.add(name=name, number=number, label=label)
            kind = declared.removeprefix("*")
            if kind in _MESSAGES:
                added.type, added.type_name = field.TYPE_MESSAGE, f".artnb.{kind}"
            else:
                added.type = getattr(field, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("artnb.Graph"))


Graph = _graph_class()


class _UnusableError(ValueError):
    """Why a file cannot be read, as half a sentence."""


def read_constants(path: Path) -> dict[str, np.ndarray]:
    """Read the float32 constants of a graph.

    Args:
        path: a serialised GraphDef (`.pb`), or a tar file, compressed by gzip or not, with one
            `.pb` in it. Nothing is unpacked to disk.

    Returns:
        An array for each node of the kind Const with float32 values, under the node's name.

    Raises:
        InputError: the file is missing, damaged, too large, or no graph.

    Source: TensorFlow's `tensor_util.MakeNdarray` for the ways a tensor's values are stored.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_GRAPH_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path") from error
    try:
        _check_size(len(data))
        return _constants(Graph.FromString(_unpacked(data)))
    except Exception as error:  # damaged archives and messages raise almost anything
        why = (
            str(error) if isinstance(error, _UnusableError) else "it is damaged or of another kind"
        )
        raise InputError(
            f"{path} must be a frozen TensorFlow graph (.pb, or .tgz with one), but {why}; "
            "download it again"
        ) from error


def _unpacked(data: bytes) -> bytes:
    """Take a graph out of the archive that it may lie in."""
    if data.startswith(_GZIP_START):
        with gzip.open(io.BytesIO(data)) as file:
            data = file.read(LARGEST_GRAPH_BYTES + 1)
        _check_size(len(data))
    if not tarfile.is_tarfile(io.BytesIO(data)):
        return data
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            if member.isreg() and not member.issparse() and name.suffix == ".pb":
                return archive.extractfile(member).read()
    raise _UnusableError("no .pb file lies in it")


def _check_size(size_bytes: int) -> None:
    if size_bytes > LARGEST_GRAPH_BYTES:
        raise _UnusableError(f"it is larger than {LARGEST_GRAPH_BYTES >> 20} MiB")


def _constants(graph: Any) -> dict[str, np.ndarray]:
    constants, size_bytes = {}, 0
    for name, tensor in _float_tensors(graph):
        shape = tuple(dimension.size for dimension in tensor.tensor_shape.dim)
        if min(shape, default=0) < 0:
            raise _UnusableError(f"{name} has a length below zero")
        size_bytes += 4 * math.prod(shape)
        _check_size(size_bytes)
        constants[name] = _array(tensor, shape)
    if not constants:
        raise _UnusableError("it holds no constants")
    return constants


def _float_tensors(graph: Any) -> Iterator[tuple[str, Any]]:
    for node in graph.node:
        for attribute in node.attr:
            tensor = attribute.value.tensor
            if node.op == "Const" and attribute.key == "value" and tensor.dtype == _FLOAT:
                yield node.name, tensor


def _array(tensor: Any, shape: tuple[int, ...]) -> np.ndarray:
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, "<f4").reshape(shape)
    values = np.array(tensor.float_val or [0.0], np.float32)
    # Where values are left out, the last one stands for all that follow.
    missing = math.prod(shape) - len(values)
    return np.pad(values, (0, missing), mode="edge").reshape(shape)
