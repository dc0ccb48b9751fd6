"""State dicts of PyTorch, written without PyTorch."""

import io
import pickle
import pickletools
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from artnb.errors import InputError
from artnb.files import write_whole

# PyTorch maps storages into memory, and wants them to begin at multiples of this.
_ALIGNMENT_BYTES = 64
_FOLDER = "archive/"  # as torch.save calls it where a file has no name
_LOCAL_HEADER_BYTES = 30
_STORAGES = {
    **{"<f8": "DoubleStorage", "<f4": "FloatStorage", "<f2": "HalfStorage"},
    **{"<i8": "LongStorage", "<i4": "IntStorage", "<i2": "ShortStorage", "|i1": "CharStorage"},
    **{"|u1": "ByteStorage", "|b1": "BoolStorage"},
}


def write_state_dict(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as a `.pth` file, whole or not at all.

    Args:
        path: the file to make or to replace.
        arrays: the tensors by name, in order; floats, integers or booleans.

    Raises:
        InputError: an array has a type that PyTorch has not.

    Source: PyTorch's torch/serialization.py and caffe2/serialize/inline_container.cc, the zip
        format of PyTorch 1.6 and later. Deviations: without the `_metadata` of modules, which
        loading does without. The same arrays give the same bytes.
    """
    ordered = {name: _little_endian(name, array) for name, array in arrays.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, buffer, "data.pkl", _pickled(ordered))
        _add(archive, buffer, "byteorder", b"little")
        for key, array in enumerate(ordered.values()):
            _add(archive, buffer, f"data/{key}", array.tobytes())
        _add(archive, buffer, "version", b"3\n")
    write_whole(path, buffer.getvalue())


def _little_endian(name: str, array: np.ndarray) -> np.ndarray:
    array = array.astype(array.dtype.newbyteorder("<"), order="C")
    if array.dtype.str not in _STORAGES:
        raise InputError(
            f"a state dict holds floats, integers and booleans, and {name} is {array.dtype}; "
            "turn it into float32"
        )
    return array


def _add(archive: zipfile.ZipFile, buffer: io.BytesIO, name: str, data: bytes) -> None:
    """Add an entry whose data begins where memory wants it, and without a date."""
    entry = zipfile.ZipInfo(_FOLDER + name)
    head = buffer.tell() + _LOCAL_HEADER_BYTES + len(entry.filename) + len(b"FB__")
    padding = -head % _ALIGNMENT_BYTES
    entry.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
    archive.writestr(entry, data)


def _pickled(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Write the opcodes that make the dictionary; its functions are named, never looked up."""
    entries = [
        _plain(name) + _tensor(str(key), array) for key, (name, array) in enumerate(arrays.items())
    ]
    filled = pickle.MARK + b"".join(entries) + pickle.SETITEMS
    return pickle.PROTO + b"\x02" + _ordered_dict() + filled + pickle.STOP


def _tensor(key: str, array: np.ndarray) -> bytes:
    kind = _named("torch", _STORAGES[array.dtype.str])
    storage = _tuple(_plain("storage"), kind, _plain(key), _plain("cpu"), _plain(array.size))
    strides = tuple(stride // array.itemsize for stride in array.strides)
    arguments = _tuple(
        storage + pickle.BINPERSID,
        _plain(0),  # where in the storage it begins
        _plain(array.shape),
        _plain(strides),
        _plain(False),  # needs no gradient
        _ordered_dict(),  # and has no hooks
    )
    return _named("torch._utils", "_rebuild_tensor_v2") + arguments + pickle.REDUCE


def _ordered_dict() -> bytes:
    return _named("collections", "OrderedDict") + pickle.EMPTY_TUPLE + pickle.REDUCE


def _named(module: str, name: str) -> bytes:
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def _tuple(*parts: bytes) -> bytes:
    return pickle.MARK + b"".join(parts) + pickle.TUPLE


def _plain(value: Any) -> bytes:
    """Push a number, a string, or a tuple of numbers."""
    whole = pickletools.optimize(pickle.dumps(value, protocol=2))
    return whole[2:-1]  # without the head and the stop
