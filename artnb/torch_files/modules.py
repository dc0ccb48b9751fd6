"""Modules that were pickled with their source text, as NVIDIA's StyleGANs are shared.

Such a pickle is a dictionary of modules. Each is written down as a call of the function
`_reconstruct_persistent_obj` with its class's name, the source text of its program and its state.
Here the text stays text that nobody reads, and the call gives a record.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from artnb.errors import InputError
from artnb.files import refuse_pointer
from artnb.torch_files.reading import LARGEST_FILE_BYTES, read_storage
from artnb.torch_files.unpickling import Beside, Storage, Tensor, TensorUnpickler, UnusableError

_TAKE_ANOTHER = "take the network-snapshot-*.pkl of a training with stylegan2-ada-pytorch"
# Pickles of others that are called alike, by what the names that they ask for begin with.
_OTHERS = {
    "dnnlib.tflib.": (
        "it is a network of StyleGAN for TensorFlow",
        "turn it into one for PyTorch with legacy.py of NVlabs/stylegan2-ada-pytorch, and bring "
        "that",
    ),
    "sklearn.": ("it is a model of scikit-learn", _TAKE_ANOTHER),
    "tensorflow.": ("it is an object of TensorFlow", _TAKE_ANOTHER),
    "keras.": ("it is an object of Keras", "save the network as .h5 or .keras"),
    "pandas.": ("it is a table of pandas", _TAKE_ANOTHER),
}
# What lies beside weights: statistics and settings in NumPy's numbers.
_BESIDE = {
    *(f"numpy.{core}.multiarray._reconstruct" for core in ("core", "_core")),
    *(f"numpy.{kind}" for kind in ("ndarray", "float32", "float64", "int32", "int64", "bool_")),
    *(f"torch.{kind}" for kind in ("float16", "float32", "float64", "contiguous_format",
      "channels_last")),
    *("torch.serialization._get_layout", "torch.nn.parameter.Parameter"),
}  # fmt: skip


class PickledModule(NamedTuple):
    """A module as a pickle describes it.

    Args:
        class_name: of its class, in its own program.
        state: its attributes.
    """

    class_name: str
    state: Mapping[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """What its constructor was given by name."""
        return dict(_part(self.state, "_init_kwargs"))

    def tensors(self) -> dict[str, np.ndarray]:
        """Give its weights and buffers, and those of the modules in it, by their names.

        Raises:
            InputError: one of them is no tensor, or damaged.
        """
        try:
            return dict(_tensors(self, "", set()))
        except Exception as error:
            if not isinstance(error, UnusableError):
                error = UnusableError("its tensors are damaged")
            raise InputError(f"the network must be whole, but {error}; {_TAKE_ANOTHER}") from error


class _StorageBytes(NamedTuple):
    """A storage that was saved within the pickle, not read yet."""

    data: bytes


class _Settings(dict):
    """Stands for a dictionary whose entries are attributes too."""

    def __setstate__(self, state: Any) -> None:
        pass


def read_modules(path: Path) -> dict[str, PickledModule]:
    """Read the modules of a pickle, and run nothing that it asks for.

    Args:
        path: a pickle of a dictionary, as stylegan2-ada-pytorch and its descendants write it.

    Returns:
        The modules of the dictionary under their keys, such as `G_ema`; a module that was pickled
        by itself under an empty name.

    Raises:
        InputError: the file is missing, damaged, larger than 4 GiB, or asks for anything but
            modules, tensors and containers.

    Source: NVlabs/stylegan2-ada-pytorch, torch_utils/persistence.py; PyTorch's torch/storage.py.
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
            error = UnusableError("it is damaged, cut off or of another kind", _TAKE_ANOTHER)
        raise InputError(
            f"{path} must be a pickled network of StyleGAN2 for PyTorch, but {error}; "
            f"{error.advice}"
        ) from error


def _read(file: BinaryIO) -> dict[str, PickledModule]:
    size_bytes = os.fstat(file.fileno()).st_size
    if size_bytes > LARGEST_FILE_BYTES:
        raise UnusableError(
            f"it has {size_bytes:,} bytes, and {LARGEST_FILE_BYTES:,} is the most", _TAKE_ANOTHER
        )
    tree = _ModuleUnpickler(file).load()
    if isinstance(tree, PickledModule):
        return {"": tree}
    if not isinstance(tree, dict):
        raise UnusableError(f"it holds {_kind(tree)} and no network", _TAKE_ANOTHER)
    modules = {key: value for key, value in tree.items() if isinstance(value, PickledModule)}
    if not modules:
        raise UnusableError("it holds a dictionary without a network", _TAKE_ANOTHER)
    return modules


def _kind(tree: Any) -> str:
    return f"a {type(tree).__name__}" if isinstance(tree, str | int | list | tuple) else "an object"


class _ModuleUnpickler(TensorUnpickler):
    """Unpickles modules, tensors and plain containers; whatever else is asked for is refused."""

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self._known |= {
            "torch_utils.persistence._reconstruct_persistent_obj": _module,
            "torch.storage._load_from_bytes": _storage_bytes,
            "dnnlib.util.EasyDict": _Settings,
            **dict.fromkeys(_BESIDE, Beside),
        }

    def find_class(self, module: str, name: str) -> Any:
        """Give a stand-in for what a module needs, and refuse all else."""
        full = f"{module}.{name}"
        for start, (what, advice) in _OTHERS.items():
            if full.startswith(start):
                raise UnusableError(what, advice)
        try:
            return super().find_class(module, name)
        except UnusableError:
            raise UnusableError(
                f"it asks for {full}, which no network needs, and nothing in it was run",
                _TAKE_ANOTHER,
            ) from None

    def persistent_load(self, pid: Any) -> Storage:
        """Refuse storages that would lie beside the pickle."""
        raise UnusableError("its tensors lie in another file", _TAKE_ANOTHER)


def _module(meta: Any) -> PickledModule:
    """Take what the function that would run the source text is given."""
    if meta["type"] != "class" or not isinstance(meta["state"], dict):
        raise UnusableError("it holds something that is no module", _TAKE_ANOTHER)
    return PickledModule(str(meta["class_name"]), meta["state"])


def _storage_bytes(data: Any) -> _StorageBytes:
    if not isinstance(data, bytes):
        raise UnusableError("it was pickled for Python 2", _TAKE_ANOTHER)
    return _StorageBytes(data)


def _part(state: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = state.get(name)
    return part if isinstance(part, dict) else {}


def _tensors(
    module: PickledModule, prefix: str, seen: set[int]
) -> Iterator[tuple[str, np.ndarray]]:
    # A pickle can nest a module in itself, or one in many so that a walk would never end.
    if id(module.state) in seen:
        return
    seen.add(id(module.state))
    for part in ("_parameters", "_buffers"):
        for name, tensor in _part(module.state, part).items():
            if tensor is not None:
                yield f"{prefix}{name}", _array(tensor, f"{prefix}{name}")
    for name, inner in _part(module.state, "_modules").items():
        if isinstance(inner, PickledModule):
            yield from _tensors(inner, f"{prefix}{name}.", seen)


def _array(tensor: Any, name: str) -> np.ndarray:
    if not isinstance(tensor, Tensor) or not isinstance(tensor.storage, _StorageBytes):
        raise UnusableError(f"{name} is no tensor")
    return tensor.array(read_storage(tensor.storage.data))
