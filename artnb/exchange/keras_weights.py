"""The weights in files of Keras, in the three ways in which Keras has laid them out."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from artnb.errors import InputError
from artnb.exchange.h5_arrays import read_array, room_for
from artnb.limits import Room

if TYPE_CHECKING:
    import h5py
    import keras

_CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "vars")
# What the keras.io example, Kaggle's tutorial and TensorFlow's call the generator of X to Y.
FORWARD = ("gen_G", "gen_g", "m_gen", "generator_g")
# The same layer under the names of Keras and of tensorflow-addons.
_SAME_KINDS = {"group_normalization": "instance_normalization"}


class SavedWeights(NamedTuple):
    """The arrays of each layer, in the file's order.

    Args:
        arrays: by the path of the layer: its name in the model where `is_by_name`, else as
            `layer_paths` makes it.
        is_by_name: whether Keras' older layout is the file's, in which a nested model is a layer.
        has_scale_and_offset: whether norms call their weights so, as TensorFlow's tutorials do.
        is_in_order: whether the networks' order is that of the model, not that of the alphabet.
    """

    arrays: dict[tuple[str, ...], list[np.ndarray]]
    is_by_name: bool
    has_scale_and_offset: bool = False
    is_in_order: bool = False

    @property
    def count(self) -> int:
        """How many numbers there are in all arrays."""
        return sum(array.size for layer in self.arrays.values() for array in layer)

    def parts(self) -> Iterator[tuple[str, "SavedWeights"]]:
        """Give each network's name and weights where several lie side by side.

        The generator of X to Y comes first: the older layout has it so, and the newer one, which
        goes by the alphabet, has the tutorials' names.
        """
        names = dict.fromkeys(path[0] for path in self.arrays)
        skipped = 0 if self.is_by_name else 1
        for first in sorted(names, key=lambda name: name not in FORWARD):
            part = {p[skipped:]: arrays for p, arrays in self.arrays.items() if p[0] == first}
            yield first, self._replace(arrays=part)


def read_weights(file: "h5py.Group") -> SavedWeights:
    """Read all weights of a file.

    Raises:
        TooLargeError: they would take more than 4 GiB, or 20 times what the file takes.
    """
    room = room_for(file)
    if _has_names(file, "layer_names"):
        names = dict.fromkeys(_names(file, "layer_names"))
        arrays = {(name,): _legacy_layer(file[name], room) for name in names}
        return SavedWeights(arrays, True, has_scale_and_offset(file), is_in_order=True)
    return SavedWeights(_by_kind(file, room), False)


def has_scale_and_offset(file: "h5py.Group") -> bool:
    """Say whether norms in a file of the older layout call their weights scale and offset."""
    if not _has_names(file, "layer_names"):
        return False
    weights = (name for layer in _names(file, "layer_names")
               for name in _names(file[layer], "weight_names"))  # fmt: skip
    return {"scale", "offset"} <= {name.rpartition("/")[2].partition(":")[0] for name in weights}


def _by_kind(file: "h5py.Group", room: Room) -> dict[tuple[str, ...], list[np.ndarray]]:
    found: dict[tuple[str, ...], dict[int, np.ndarray]] = {}

    def visit(path: str, item: Any) -> None:
        parts = re.split(r"[/\\]", path)
        if hasattr(item, "shape") and parts[-1].isdigit() and parts[-2:-1] == ["vars"]:
            kinds = tuple(_same_kind(part) for part in parts[:-1] if part not in _CONTAINERS)
            found.setdefault(kinds, {})[int(parts[-1])] = read_array(item, room)

    file.visititems(visit)
    return {path: [arrays[number] for number in sorted(arrays)] for path, arrays in found.items()}


def _legacy_layer(group: "h5py.Group", room: Room) -> list[np.ndarray]:
    return [read_array(group[name], room) for name in _names(group, "weight_names")]


def _has_names(group: "h5py.Group", name: str) -> bool:
    return name in group.attrs or f"{name}0" in group.attrs


def _names(group: "h5py.Group", name: str) -> list[str]:
    """Read a list of names; one too long for HDF5 is kept in numbered parts."""
    parts = [name] if name in group.attrs else []
    while f"{name}{len(parts)}" in group.attrs:
        parts.append(f"{name}{len(parts)}")
    return [_text(one) for part in parts for one in group.attrs[part]]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _same_kind(name: str) -> str:
    for kind, same in _SAME_KINDS.items():
        if re.fullmatch(rf"{kind}(_\d+)?", name):
            return name.replace(kind, same)
    return name


def layer_paths(network: "keras.Model") -> Iterator[tuple[tuple[str, ...], "keras.Layer"]]:
    """Name a network's layers as .weights.h5 files do: by kind, and the how manieth of its kind."""
    counts: Counter[str] = Counter()
    for layer in network.layers:
        kind = _kind(layer)
        name = f"{kind}_{counts[kind]}" if counts[kind] else kind
        counts[kind] += 1
        inner = getattr(layer, "layers", None)
        if inner is None:
            yield (name,), layer
        else:
            yield from (((name, *path), one) for path, one in layer_paths(layer))


def _kind(layer: "keras.Layer") -> str:
    """Turn Conv2DTranspose into conv2d_transpose, as Keras does."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", type(layer).__name__)
    return _same_kind(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())


def assign(network: "keras.Model", saved: SavedWeights) -> None:
    """Give a network the weights of a file.

    Raises:
        InputError: they do not fit.
    """
    if saved.is_by_name:
        targets = [((layer.name,), _legacy_order(layer)) for layer in network.layers]
    else:
        targets = [(path, layer.weights) for path, layer in layer_paths(network)]
    for path, variables in targets:
        if variables:
            _assign_layer("/".join(path), saved.arrays.get(path), variables)


def _legacy_order(layer: "keras.Layer") -> list["keras.Variable"]:
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _assign_layer(name: str, found: list[np.ndarray] | None, variables: list[Any]) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if found is None or [array.shape for array in found] != shapes:
        has = "nothing" if found is None else [array.shape for array in found]
        raise InputError(
            f"the file must hold the weights {shapes} of its layer {name}, and it holds {has}; "
            "save the model again"
        )
    for variable, array in zip(variables, found, strict=True):
        variable.assign(array)


def in_order(network: "keras.Model", saved: SavedWeights) -> list[np.ndarray] | None:
    """Put arrays into the order of a network's weights, or give None where they do not fit.

    The older layout has them in order, under names that nobody need have left as they were.
    """
    if saved.is_by_name:
        layers = list(saved.arrays.values())
    else:
        paths = [path for path, layer in layer_paths(network) if layer.weights]
        layers = [saved.arrays.get(path, []) for path in paths]
    flat = [array for layer in layers for array in layer]
    fits = [array.shape for array in flat] == [tuple(w.shape) for w in network.weights]
    return flat if fits else None
