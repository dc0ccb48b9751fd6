"""Weights from the HDF5 files that Keras 1 and 2 wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError

if TYPE_CHECKING:
    import h5py
    import keras


def assign_weights(network: "keras.Model", path: Path, groups: Mapping[str, str]) -> None:
    """Give convolutions and dense layers the kernels and biases that a file holds.

    Nothing is assigned unless everything is there and fits.

    Args:
        network: already built.
        path: an HDF5 file with a group for each layer.
        groups: the group's name for each layer's name.

    Raises:
        InputError: it is no HDF5 file or a damaged one, a layer is missing or has another shape.
    """
    import h5py

    try:
        with h5py.File(path) as file:
            _assign(network, file, path, groups)
    except OSError as error:
        raise InputError(
            f"{path} must be an HDF5 file of weights, and it cannot be read as one: it is damaged "
            "or another file; delete it and fetch it again"
        ) from error


def _assign(
    network: "keras.Model", file: "h5py.File", path: Path, groups: Mapping[str, str]
) -> None:
    layers = {group: network.get_layer(name) for name, group in groups.items()}
    found = {group: _arrays(file, group) for group in layers}
    problems = [
        problem for group in layers if (problem := _problem(group, found[group], layers[group]))
    ]
    if problems:
        raise InputError(
            f"{path} must hold the weights of {network.name}: {problems[0]} ({len(problems)} of "
            f"{len(layers)} layers do not fit); delete it and fetch the published file"
        )
    for group, layer in layers.items():
        layer.set_weights([array[()] for array in found[group]])


def _problem(group: str, arrays: "list[h5py.Dataset]", layer: "keras.Layer") -> str:
    found = [array.shape for array in arrays]
    expected = [tuple(weight.shape) for weight in layer.weights]
    if not found:
        return f"{group} is missing"
    return "" if found == expected else f"{group} has the shapes {found} rather than {expected}"


def _arrays(file: "h5py.File", name: str) -> "list[h5py.Dataset]":
    """Give a layer's kernel and bias: their names differ between versions of Keras."""
    import h5py

    group, arrays = file.get(name), []
    if isinstance(group, h5py.Group):
        group.visititems(lambda _, item: arrays.append(item) if hasattr(item, "ndim") else None)
    return sorted(arrays, key=lambda array: -array.ndim)
