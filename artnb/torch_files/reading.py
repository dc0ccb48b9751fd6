"""State dicts of PyTorch, read without PyTorch and without running anything a file asks for.

A `.pth` file is a pickle that names storages, and the storages' raw values. PyTorch 1.6 and later
put both into a zip file; earlier versions wrote one after the other.
"""

import io
import math
import os
import pickle
import pickletools
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from artnb.errors import InputError
from artnb.files import refuse_pointer

LARGEST_FILE_BYTES = 4 << 30
_PICKLE_START = b"\x80"
_ZIP_START = b"PK\x03\x04"
# Both from PyTorch's torch/serialization.py.
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001

# Python makes room for every number that a pickle remembers something under, used or not.
_LARGEST_MEMO = 1 << 20

_BFLOAT16 = "bfloat16"
_DTYPES = {
    **{"float64": "<f8", "float32": "<f4", "float16": "<f2", "bfloat16": _BFLOAT16},
    **{"int64": "<i8", "int32": "<i4", "int16": "<i2", "int8": "|i1"},
    **{"uint64": "<u8", "uint32": "<u4", "uint16": "<u2", "uint8": "|u1", "bool": "|b1"},
}
_STORAGES = {
    **{"DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16"},
    **{"BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32"},
    **{"ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8"},
    **{"BoolStorage": "bool", "UntypedStorage": "uint8", "storage.UntypedStorage": "uint8"},
}
_DATA_TYPES = {f"torch.{name}": dtype for name, dtype in _DTYPES.items()} | {
    f"torch.{name}": _DTYPES[dtype] for name, dtype in _STORAGES.items()
}


_SAVE_STATE = "save the network's state_dict() with torch.save"
# What training programs keep beside a network, and state dicts do without.
_BESIDE = {
    *("argparse.Namespace", "datetime.datetime", "datetime.timedelta", "_codecs.encode"),
    *(f"pathlib.{kind}" for kind in ("PosixPath", "WindowsPath", "PurePosixPath")),
    *("pathlib.PureWindowsPath", "pathlib._local.PosixPath", "pathlib._local.WindowsPath"),
    *("numpy.dtype", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"),
    *("torch.Size", "torch.device", "torch.torch_version.TorchVersion", "collections.Counter"),
    *(f"{module}.{kind}" for module in ("builtins", "__builtin__")
      for kind in ("int", "float", "bool", "str", "list", "dict", "set", "complex")),
    *(f"{module}.AttributeDict" for module in ("lightning_fabric.utilities.data",
      "lightning.fabric.utilities.data", "pytorch_lightning.utilities.parsing")),
}  # fmt: skip


class _UnusableError(ValueError):
    """Why a file cannot be read, as half a sentence, and what to do."""

    def __init__(self, why: str, advice: str = f"download it again, or {_SAVE_STATE}"):
        super().__init__(why)
        self.advice = advice


class _Beside:
    """Stands for what is no tensor: a pickle may do with it whatever it likes, and nothing is done.

    All of a pickle's ways to fill an object are here, so that none reaches another attribute.
    """

    def __new__(cls, *_args: Any, **_kwargs: Any) -> "_Beside":
        return super().__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def append(self, value: Any) -> None:
        """Take nothing."""

    def extend(self, values: Any) -> None:
        """Take nothing."""

    def add(self, value: Any) -> None:
        """Take nothing."""


class _Storage(NamedTuple):
    """A run of values that tensors look into; a tuple, so that no pickle can change it."""

    key: str
    dtype: str
    length: int

    @property
    def file_dtype(self) -> np.dtype:
        """The type to read values as; NumPy has no bfloat16."""
        return np.dtype("<u2" if self.dtype == _BFLOAT16 else self.dtype)

    def values(self, raw: bytes) -> np.ndarray:
        """Take raw bytes for this storage's values; bfloat16 becomes float32."""
        if len(raw) != self.length * self.file_dtype.itemsize:
            raise _UnusableError(f"{len(raw):,} bytes lie where {self.length:,} values should")
        values = np.frombuffer(raw, self.file_dtype)
        if self.dtype == _BFLOAT16:
            return (values.astype("<u4") << 16).view("<f4")
        return values


class _Tensor(NamedTuple):
    """A tensor as a pickle describes it, not checked yet; offset and strides count values."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str | None = None

    def array(self, values: np.ndarray) -> np.ndarray:
        """Look at the values of the storage as this tensor does, without a copy."""
        if self.dtype is not None:
            values = values.view(self.dtype)
        if not _counts(self.offset, *self.shape, *self.strides):
            raise _UnusableError("a tensor's shape, strides or offset are no counts")
        size = math.prod(self.shape)
        steps = zip(self.shape, self.strides, strict=True)
        last = self.offset + sum((length - 1) * stride for length, stride in steps)
        if size and (last >= len(values) or size > len(values)):
            raise _UnusableError("a tensor reaches beyond its storage")
        strides = [stride * values.itemsize for stride in self.strides]
        start = values[min(self.offset, len(values)) :]
        return np.lib.stride_tricks.as_strided(start, self.shape, strides, writeable=False)


def _counts(*numbers: Any) -> bool:
    return all(isinstance(number, int) and number >= 0 for number in numbers)


class _Unpickler(pickle.Unpickler):
    """Unpickles tensors and plain containers; whatever else a pickle asks for is refused."""

    def __init__(self, file: BinaryIO):
        _check_memo(file)
        super().__init__(file, encoding="utf-8")
        self.storages: dict[str, _Storage] = {}
        self._known = _DATA_TYPES | {
            "collections.OrderedDict": OrderedDict,
            "collections.defaultdict": _without_default,
            "torch._utils._rebuild_tensor": self._tensor,
            "torch._utils._rebuild_tensor_v2": self._tensor,
            "torch._utils._rebuild_tensor_v3": self._tensor_with_dtype,
            "torch._utils._rebuild_parameter": self._parameter,
        }

    def find_class(self, module: str, name: str) -> Any:
        """Give a stand-in for what a state dict needs, and refuse all else."""
        full = f"{module}.{name}"
        if full in _BESIDE:
            return _Beside
        if full not in self._known:
            raise _UnusableError(f"it asks for {full}, which no state dict needs")
        return self._known[full]

    def persistent_load(self, pid: Any) -> _Storage:
        """Note a storage: `("storage", type, key, device, length)`, and `view` in old files."""
        kind, dtype, key, _, length, *view = pid
        if kind != "storage" or dtype not in _DTYPES.values() or not _counts(length):
            raise _UnusableError("it holds more than tensors")
        if any(part is not None for part in view):
            raise _UnusableError("it holds views of storages, as PyTorch before 0.4 wrote them")
        storage = _Storage(key, dtype, length)
        if self.storages.setdefault(key, storage) != storage:
            raise _UnusableError(f"it describes the storage {key} in two ways")
        return storage

    def _tensor(
        self, storage, offset, shape, strides, requires_grad=False, hooks=None, metadata=None
    ) -> _Tensor:
        if metadata:
            raise _UnusableError("it holds negated or conjugated tensors")
        return _Tensor(storage, offset, shape, strides)

    def _tensor_with_dtype(
        self, storage, offset, shape, strides, requires_grad, hooks, dtype, metadata=None
    ) -> _Tensor:
        if storage.dtype != _DTYPES["uint8"] or dtype not in _DTYPES.values():
            raise _UnusableError("it holds a tensor of an unknown type")
        return self._tensor(storage, offset, shape, strides, metadata=metadata)._replace(
            dtype=dtype
        )

    def _parameter(self, tensor, requires_grad, hooks) -> _Tensor:
        return tensor


def _without_default(_factory: Any = None) -> OrderedDict:
    return OrderedDict()


def _check_memo(file: BinaryIO) -> None:
    """Look through the pickle that begins here, and go back to its beginning."""
    start = file.tell()
    for opcode, argument, _ in pickletools.genops(file):
        if opcode.name.endswith("PUT") and argument > _LARGEST_MEMO:
            raise _UnusableError("it asks for more memory than tensors need")
    file.seek(start)


def is_torch_file(path: Path) -> bool:
    """Say whether a file begins as PyTorch's do; not whether it can be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP_START)).startswith((_ZIP_START, _PICKLE_START))
    except OSError:
        return False


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a `.pth` file.

    Args:
        path: a file of `torch.save`, in the zip format or the one before PyTorch 1.6: a state
            dict, or a dictionary that holds some, such as a checkpoint of a training. Entries that
            are no tensors are left out.

    Returns:
        An array for each tensor, under its name; within nested dictionaries the keys are joined
        by dots, as in `state_dict.conv.weight`. Arrays are read-only and may share memory and be
        strided, as the tensors were. bfloat16 comes as float32.

    Raises:
        InputError: the file is missing, damaged, larger than 4 GiB, or asks for anything but
            tensors in dictionaries.

    Source: PyTorch's torch/serialization.py and torch/_utils.py. Deviations: big-endian files,
        sparse and quantised tensors are refused, and so are tensors that repeat values of their
        storage.
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
        if not isinstance(error, _UnusableError):
            error = _UnusableError("it is damaged or of another kind")
        raise InputError(
            f"{path} must be a state dict of PyTorch, but {error}; {error.advice}"
        ) from error


def _read(file: BinaryIO) -> dict[str, np.ndarray]:
    size_bytes = os.fstat(file.fileno()).st_size
    if size_bytes > LARGEST_FILE_BYTES:
        raise _UnusableError(f"it has {size_bytes:,} bytes, and {LARGEST_FILE_BYTES:,} is the most")
    is_zip = file.read(len(_ZIP_START)) == _ZIP_START
    file.seek(0)
    if is_zip and not zipfile.is_zipfile(file):
        raise _cut_off(size_bytes)
    file.seek(0)
    try:
        tree, storages = (_read_zip if is_zip else _read_legacy)(file, size_bytes)
    except _UnusableError:
        raise
    except Exception as error:  # the old format has no end that could be looked for first
        if not is_zip and size_bytes and not file.read(1):
            raise _cut_off(size_bytes) from error
        raise
    if not isinstance(tree, dict):
        raise _UnusableError("it holds no dictionary")
    return {
        name: tensor.array(storages[tensor.storage.key])
        for name, tensor in _tensors(tree, prefix="", seen=set())
    }


def _cut_off(size_bytes: int) -> _UnusableError:
    return _UnusableError(
        f"it ends too early, after {size_bytes:,} bytes: it is cut off or damaged"
    )


def _check_kind(archive: zipfile.ZipFile) -> None:
    """Name PyTorch's other zip files, which hold programs."""
    inner = {name.partition("/")[2] for name in archive.namelist()}
    if "constants.pkl" in inner or any(name.startswith("code/") for name in inner):
        kind, state = "TorchScript, a network with its code", 'torch.jit.load("FILE").state_dict()'
    elif "archive_format" in inner:
        kind = "a program of torch.export, a network with its code"
        state = 'torch.export.load("FILE").state_dict'
    else:
        return
    raise _UnusableError(f"it is {kind}", f'where PyTorch is, torch.save({state}, "NEW.pth")')


def _read_zip(file: BinaryIO, size_bytes: int) -> tuple[Any, dict[str, np.ndarray]]:
    with zipfile.ZipFile(file) as archive:
        _check_kind(archive)
        # PyTorch stores tensors without compression, so more than the file's own size is a bomb.
        if sum(entry.file_size for entry in archive.infolist()) > size_bytes:
            raise _UnusableError("it is compressed, which PyTorch never does")
        names = archive.namelist()
        pickles = [name for name in names if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(pickles) != 1:
            raise _UnusableError("it is a zip file without PyTorch's data.pkl")
        folder = pickles[0].removesuffix("data.pkl")
        if f"{folder}byteorder" in names and archive.read(f"{folder}byteorder") != b"little":
            raise _UnusableError("its values are big-endian")
        unpickler = _Unpickler(io.BytesIO(archive.read(pickles[0])))
        tree = unpickler.load()
        return tree, {
            key: storage.values(archive.read(f"{folder}data/{key}"))
            for key, storage in unpickler.storages.items()
        }


def _read_legacy(file: BinaryIO, size_bytes: int) -> tuple[Any, dict[str, np.ndarray]]:
    if _Unpickler(file).load() != _LEGACY_MAGIC or _Unpickler(file).load() != _LEGACY_PROTOCOL:
        raise _UnusableError("it does not begin as one")
    if not _Unpickler(file).load()["little_endian"]:
        raise _UnusableError("its values are big-endian")
    unpickler = _Unpickler(file)
    tree = unpickler.load()
    storages = {}
    for key in _Unpickler(file).load():
        storage = unpickler.storages[key]
        (length,) = struct.unpack("<q", file.read(8))
        if length != storage.length:
            raise _UnusableError(f"the storage {key} has {length:,} values, not {storage.length:,}")
        length_bytes = length * storage.file_dtype.itemsize
        raw = file.read(min(length_bytes, size_bytes))
        if len(raw) < length_bytes:
            raise _cut_off(size_bytes)
        storages[key] = storage.values(raw)
    return tree, storages


def _tensors(tree: dict, prefix: str, seen: set[int]) -> Iterator[tuple[str, _Tensor]]:
    # A pickle can nest a dictionary in itself, or so often that a walk would never end.
    seen.add(id(tree))
    for key, value in dict.items(tree):
        if isinstance(value, _Tensor):
            yield f"{prefix}{key}", value
        elif isinstance(value, dict) and id(value) not in seen:
            yield from _tensors(value, f"{prefix}{key}.", seen)
