"""What a pickle of PyTorch may ask for: tensors and containers, and nothing that runs."""

import math
import pickle
import pickletools
from collections import OrderedDict
from typing import Any, BinaryIO, NamedTuple

import numpy as np

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
# So begin the classes that a TorchScript program brings along.
_OF_SCRIPT = "__torch__."
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
    # Attributes of TorchScript that are no tensors: lists, and dictionaries with their types.
    *(f"torch.jit._pickle.{function}" for function in ("build_intlist", "build_doublelist",
      "build_boollist", "build_tensorlist", "restore_type_tag")),
}  # fmt: skip


class UnusableError(ValueError):
    """Why a file cannot be read, as half a sentence, and what to do."""

    def __init__(self, why: str, advice: str = f"download it again, or {_SAVE_STATE}") -> None:
        super().__init__(why)
        self.advice = advice


class Beside:
    """Stands for what is no tensor: a pickle may do with it whatever it likes, and nothing is done.

    All of a pickle's ways to fill an object are here, so that none reaches another attribute.
    """

    def __new__(cls, *_args: Any, **_kwargs: Any) -> "Beside":
        """Take whatever it is made of."""
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


class ScriptObject(dict):
    """Stands for an object of a TorchScript program, such as a module: its attributes by name."""

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, dict):
            raise UnusableError("it is TorchScript that packs its weights in a way of its own")
        self.update(state)


class Storage(NamedTuple):
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
            raise UnusableError(f"{len(raw):,} bytes lie where {self.length:,} values should")
        values = np.frombuffer(raw, self.file_dtype)
        if self.dtype == _BFLOAT16:
            return (values.astype("<u4") << 16).view("<f4")
        return values


class Tensor(NamedTuple):
    """A tensor as a pickle describes it, not checked yet; offset and strides count values."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str | None = None

    def array(self, values: np.ndarray) -> np.ndarray:
        """Look at the values of the storage as this tensor does, without a copy."""
        if self.dtype is not None:
            values = values.view(self.dtype)
        if not _counts(self.offset, *self.shape, *self.strides):
            raise UnusableError("a tensor's shape, strides or offset are no counts")
        size = math.prod(self.shape)
        steps = zip(self.shape, self.strides, strict=True)
        last = self.offset + sum((length - 1) * stride for length, stride in steps)
        if size and (last >= len(values) or size > len(values)):
            raise UnusableError("a tensor reaches beyond its storage")
        strides = [stride * values.itemsize for stride in self.strides]
        start = values[min(self.offset, len(values)) :]
        return np.lib.stride_tricks.as_strided(start, self.shape, strides, writeable=False)


def _counts(*numbers: Any) -> bool:
    return all(isinstance(number, int) and number >= 0 for number in numbers)


class TensorUnpickler(pickle.Unpickler):
    """Unpickles tensors and plain containers; whatever else a pickle asks for is refused."""

    def __init__(self, file: BinaryIO):
        _check_memo(file)
        super().__init__(file, encoding="utf-8")
        self.storages: dict[str, Storage] = {}
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
        if full.startswith(_OF_SCRIPT):
            return ScriptObject
        if full in _BESIDE:
            return Beside
        if full not in self._known:
            raise UnusableError(f"it asks for {full}, which no state dict needs")
        return self._known[full]

    def persistent_load(self, pid: Any) -> Storage:
        """Note a storage: `("storage", type, key, device, length)`, and `view` in old files."""
        kind, dtype, key, _, length, *view = pid
        if kind != "storage" or dtype not in _DTYPES.values() or not _counts(length):
            raise UnusableError("it holds more than tensors")
        if any(part is not None for part in view):
            raise UnusableError("it holds views of storages, as PyTorch before 0.4 wrote them")
        storage = Storage(key, dtype, length)
        if self.storages.setdefault(key, storage) != storage:
            raise UnusableError(f"it describes the storage {key} in two ways")
        return storage

    def _tensor(
        self, storage, offset, shape, strides, requires_grad=False, hooks=None, metadata=None
    ) -> Tensor:
        if metadata:
            raise UnusableError("it holds negated or conjugated tensors")
        return Tensor(storage, offset, shape, strides)

    def _tensor_with_dtype(
        self, storage, offset, shape, strides, requires_grad, hooks, dtype, metadata=None
    ) -> Tensor:
        if storage.dtype != _DTYPES["uint8"] or dtype not in _DTYPES.values():
            raise UnusableError("it holds a tensor of an unknown type")
        return self._tensor(storage, offset, shape, strides, metadata=metadata)._replace(
            dtype=dtype
        )

    def _parameter(self, tensor, requires_grad, hooks) -> Tensor:
        return tensor


def _without_default(_factory: Any = None) -> OrderedDict:
    return OrderedDict()


def _check_memo(file: BinaryIO) -> None:
    """Look through the pickle that begins here, and go back to its beginning."""
    start = file.tell()
    for opcode, argument, _ in pickletools.genops(file):
        if opcode.name.endswith("PUT") and argument > _LARGEST_MEMO:
            raise UnusableError("it asks for more memory than tensors need")
    file.seek(start)
