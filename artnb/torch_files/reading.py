"""State dicts and TorchScript, read without PyTorch and without running anything they ask for.

A `.pth` file is a pickle that names storages, and the storages' raw values. PyTorch 1.6 and later
put both into a zip file; earlier versions wrote one after the other. TorchScript is such a zip file
too: its pickle is a tree of modules whose attributes are their tensors, and its code stays unread.
"""

import io
import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from artnb.errors import InputError
from artnb.files import refuse_pointer
from artnb.torch_files.unpickling import (
    ScriptObject,
    Storage,
    Tensor,
    TensorUnpickler,
    UnusableError,
)

LARGEST_FILE_BYTES = 4 << 30
_PICKLE_START = b"\x80"
_ZIP_START = b"PK\x03\x04"
# Both from PyTorch's torch/serialization.py.
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
# The magic number lies within, whichever protocol a file is pickled by.
_LONGEST_START = 32


def is_torch_file(path: Path) -> bool:
    """Say whether a file begins as PyTorch's do; not whether it can be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP_START)).startswith((_ZIP_START, _PICKLE_START))
    except OSError:
        return False


def is_plain_pickle(path: Path) -> bool:
    """Say whether a file is a pickle of Python's, and not one of PyTorch's: by its start or name.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_LONGEST_START)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path") from error
    if start.startswith(_ZIP_START) or _LEGACY_MAGIC.to_bytes(10, "little") in start:
        return False
    return path.suffix in (".pkl", ".pickle") or start.startswith(_PICKLE_START)


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a `.pth` file.

    Args:
        path: a file of `torch.save`, in the zip format or the one before PyTorch 1.6: a state
            dict, or a dictionary that holds some, such as a checkpoint of a training; or
            TorchScript, traced or scripted. Entries that are no tensors are left out.

    Returns:
        An array for each tensor, under its name; within nested dictionaries the keys are joined
        by dots, as in `state_dict.conv.weight`. Those of TorchScript are the names of its own
        state dict, and of whatever other attributes are tensors. Arrays are read-only and may
        share memory and be strided, as the tensors were. bfloat16 comes as float32.

    Raises:
        InputError: the file is missing, damaged, larger than 4 GiB, or asks for anything but
            tensors in dictionaries and modules; or it is TorchScript that was frozen.

    Source: PyTorch's torch/serialization.py and torch/_utils.py. Deviations: big-endian files,
        sparse and quantised tensors are refused, and so are tensors that repeat values of their
        storage; what is there twice under two names, such as a shared module, has the first.
    """
    try:
        refuse_pointer(path)
        with path.open("rb") as file:
            return _read(file)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except Exception as error:  # a damaged pickle raises almost anything
        if not isinstance(error, UnusableError):
            error = UnusableError("it is damaged or of another kind")
        raise InputError(
            f"{path} must be a state dict or TorchScript of PyTorch, but {error}; {error.advice}"
        ) from error


def _read(file: BinaryIO) -> dict[str, np.ndarray]:
    size_bytes = os.fstat(file.fileno()).st_size
    if size_bytes > LARGEST_FILE_BYTES:
        raise UnusableError(f"it has {size_bytes:,} bytes, and {LARGEST_FILE_BYTES:,} is the most")
    is_zip = file.read(len(_ZIP_START)) == _ZIP_START
    file.seek(0)
    if is_zip and not zipfile.is_zipfile(file):
        raise _cut_off(size_bytes)
    file.seek(0)
    try:
        tree, storages = (_read_zip if is_zip else _read_legacy)(file, size_bytes)
    except UnusableError:
        raise
    except Exception as error:  # the old format has no end that could be looked for first
        if not is_zip and size_bytes and not file.read(1):
            raise _cut_off(size_bytes) from error
        raise
    if not isinstance(tree, dict):
        raise UnusableError("it holds no dictionary")
    tensors = {
        name: tensor.array(storages[tensor.storage.key])
        for name, tensor in _tensors(tree, prefix="", seen=set())
    }
    if isinstance(tree, ScriptObject) and not tensors:
        raise UnusableError(
            "it is TorchScript whose weights have no names, as torch.jit.freeze leaves them",
            "save the network before it is frozen",
        )
    return tensors


def read_storage(data: bytes) -> np.ndarray:
    """Read the values of one storage, as PyTorch saves it within pickles of Python's.

    Args:
        data: what `torch.save` wrote of a storage, in either format.

    Raises:
        UnusableError: it is something else.
    """
    read = _read_zip if data.startswith(_ZIP_START) else _read_legacy
    tree, storages = read(io.BytesIO(data), len(data))
    if not isinstance(tree, Storage):
        raise UnusableError("what should be values of a tensor is something else")
    return storages[tree.key]


def _cut_off(size_bytes: int) -> UnusableError:
    return UnusableError(f"it ends too early, after {size_bytes:,} bytes: it is cut off or damaged")


def _read_zip(file: BinaryIO, size_bytes: int) -> tuple[Any, dict[str, np.ndarray]]:
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        if any(name.endswith("/archive_format") for name in names):
            raise UnusableError(
                "it is a program of torch.export, a network with its code",
                'where PyTorch is, torch.save(torch.export.load("FILE").state_dict, "NEW.pth")',
            )
        pickles = [name for name in names if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(pickles) != 1:
            raise UnusableError("it is a zip file without PyTorch's data.pkl")
        folder = pickles[0].removesuffix("data.pkl")
        # PyTorch compresses nothing but TorchScript's code, which stays unread: more than the
        # file's own size is a bomb.
        read = [e for e in archive.infolist() if not e.filename.startswith(f"{folder}code/")]
        if sum(entry.file_size for entry in read) > size_bytes:
            raise UnusableError("its tensors are compressed, as PyTorch never does")
        if f"{folder}byteorder" in names and archive.read(f"{folder}byteorder") != b"little":
            raise UnusableError("its values are big-endian")
        unpickler = TensorUnpickler(io.BytesIO(archive.read(pickles[0])))
        tree = unpickler.load()
        return tree, {
            key: storage.values(archive.read(f"{folder}data/{key}"))
            for key, storage in unpickler.storages.items()
        }


def _read_legacy(file: BinaryIO, size_bytes: int) -> tuple[Any, dict[str, np.ndarray]]:
    head = TensorUnpickler(file).load(), TensorUnpickler(file).load()
    if head != (_LEGACY_MAGIC, _LEGACY_PROTOCOL):
        raise UnusableError("it does not begin as one")
    if not TensorUnpickler(file).load()["little_endian"]:
        raise UnusableError("its values are big-endian")
    unpickler = TensorUnpickler(file)
    tree = unpickler.load()
    storages = {}
    for key in TensorUnpickler(file).load():
        storage = unpickler.storages[key]
        (length,) = struct.unpack("<q", file.read(8))
        if length != storage.length:
            raise UnusableError(f"the storage {key} has {length:,} values, not {storage.length:,}")
        length_bytes = length * storage.file_dtype.itemsize
        raw = file.read(min(length_bytes, size_bytes))
        if len(raw) < length_bytes:
            raise _cut_off(size_bytes)
        storages[key] = storage.values(raw)
    return tree, storages


def _tensors(tree: dict, prefix: str, seen: set[int]) -> Iterator[tuple[str, Tensor]]:
    # A pickle can nest a dictionary in itself, or so often that a walk would never end.
    seen.add(id(tree))
    for key, value in dict.items(tree):
        if isinstance(value, Tensor):
            yield f"{prefix}{key}", value
        elif isinstance(value, dict) and id(value) not in seen:
            yield from _tensors(value, f"{prefix}{key}.", seen)
