"""Generators in files of Keras: whole models, and weights of networks that are known."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artnb.errors import InputError
from artnb.exchange.h5_arrays import LARGEST_WEIGHTS
from artnb.exchange.several import choose
from artnb.exchange.trained import TrainedGenerator, describe_resnet
from artnb.limits import Limit, Room, TooLargeError
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.imported.config import DESCRIBED

if TYPE_CHECKING:
    import h5py
    import keras

    from artnb.exchange.keras_weights import SavedWeights

HDF5_START = b"\x89HDF\r\n\x1a\n"
_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"
LARGEST_ARCHIVE = Limit(".keras archive", most_bytes=LARGEST_WEIGHTS.most_bytes)
# Of tensorflow-addons' norm, and of that in TensorFlow's tutorials.
ADDONS_EPSILON, TUTORIAL_EPSILON = 1e-3, 1e-5
# A network as it is called, the settings of ours that build it, and how it is built.
Candidate = tuple[str, dict[str, Any], Callable[[], "keras.Model"]]


def is_keras_zip(path: Path) -> bool:
    """Say whether a file is a .keras archive."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return {_CONFIG, _WEIGHTS} <= set(archive.namelist())


def _is_cut_zip(path: Path) -> bool:
    """Say whether a file begins as a zip file does and lacks such a file's end."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" and not zipfile.is_zipfile(path)


def check_single(path: Path, network: str | None) -> None:
    """Refuse to choose in a file that holds one network.

    Raises:
        InputError: a network was chosen.
    """
    if network is not None:
        raise InputError(
            f"{path.name} holds one network alone, and {network} was to be chosen among several; "
            "leave --network out"
        )


def read_keras(path: Path, network: str | None = None) -> TrainedGenerator:
    """Read a generator from a file of Keras 2 or 3.

    No code that a file holds is run: layers are built from those of Keras and ours alone.

    Args:
        path: a whole model (.h5, .keras), or the weights (.h5, .weights.h5) of a network that is
            known: the Kaggle tutorial's, the keras.io example's, or ours.
        network: which of several side by side.

    Raises:
        InputError: the file is damaged, holds a network that cannot be used, or would take more
            than 4 GiB of memory or 20 times what it is itself.
    """
    import h5py

    from artnb.exchange.keras_weights import read_weights

    try:
        if is_keras_zip(path):
            check_single(path, network)
            room = Room(LARGEST_ARCHIVE, path.stat().st_size)
            with zipfile.ZipFile(path) as archive:
                for name in (_CONFIG, _WEIGHTS):
                    room.take(archive.getinfo(name).file_size)  # zipfile gives no more than that
                saved = json.loads(archive.read(_CONFIG))
                with h5py.File(io.BytesIO(archive.read(_WEIGHTS))) as file:
                    return _whole_model(saved, file)
        if _is_cut_zip(path):
            raise ValueError(f"it ends too early, after {path.stat().st_size:,} bytes")
        with h5py.File(path) as file:
            if "model_config" not in file.attrs:
                return recognise(read_weights(file.get("model_weights", file)), network)
            check_single(path, network)
            return _whole_model(json.loads(file.attrs["model_config"]), file["model_weights"])
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    except TooLargeError as error:
        raise InputError(
            f"{path.name} is not read: {error}; save or download the network again"
        ) from error
    except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path.name} must be a whole and undamaged file of Keras, and it cannot be read "
            f"({error}); save or download it again"
        ) from error


def _whole_model(saved: dict[str, Any], weights: "h5py.Group") -> TrainedGenerator:
    from artnb.exchange.keras_weights import assign, read_weights
    from artnb.methods.imported.architecture import describe_network
    from artnb.methods.imported.network import build_network
    from artnb.models.building import weights_at_most

    description = describe_network(_with_epsilon(saved, weights))
    arrays = read_weights(weights)
    with weights_at_most(arrays.count):
        network = build_network(description, "generator_g")
    assign(network, arrays)
    return of_network("Keras model", network, description)


def _with_epsilon(saved: Any, weights: "h5py.Group") -> Any:
    """Complete the norms of TensorFlow's tutorials where they do not describe themselves.

    Nothing but their weights' names, scale and offset, tells them from others of their name.

    Source: tensorflow/examples, models/pix2pix/pix2pix.py.
    """
    from artnb.exchange.keras_weights import has_scale_and_offset

    if not has_scale_and_offset(weights):
        return saved

    def visit(part: Any) -> Any:
        if isinstance(part, list):
            return [visit(one) for one in part]
        if not isinstance(part, dict):
            return part
        if part.get("class_name") == "InstanceNormalization" and isinstance(part["config"], dict):
            part = {**part, "config": {"epsilon": TUTORIAL_EPSILON, **part["config"]}}
        return {key: visit(one) for key, one in part.items()}

    return visit(saved)


def of_network(
    title: str, network: "keras.Model", description: dict[str, Any] | None = None
) -> TrainedGenerator:
    """Describe a network that is not ours.

    Args:
        title: what it is.
        network: with its weights.
        description: of `describe_network`; None makes it.

    Raises:
        InputError: it holds layers that are not known.
    """
    from artnb.methods.imported.architecture import describe_network
    from artnb.methods.imported.colours import adapt_colours
    from artnb.methods.imported.network import build_network, halvings

    description = description or describe_network(json.loads(network.to_json()))
    weights = network.get_weights()
    description, converted, painted = adapt_colours(description)
    if converted:
        network = build_network(description, "generator_g")
        network.set_weights(weights)
    depth = max(1, halvings(network))
    _check_probe(network, depth, painted)
    settings = {
        "generator": DESCRIBED,
        "generator_depth": depth,
        "image_size_px": max(256, 2**depth),
        "load_size_px": max(286, 2**depth),
    }
    parameters = sum(int(np.prod(weight.shape)) for weight in network.weights)
    text = f"{title}, {parameters:,} weights, for pictures in multiples of {2**depth} px"
    if converted:
        text += f", converted since it {converted}"
    return TrainedGenerator(text, settings, weights, description)


def _check_probe(network: "keras.Model", depth: int, painted: tuple[float, float]) -> None:
    """Let a network paint a picture, and refuse it where the colours are far from what they say."""
    edge = max(32, 2**depth)
    rows, columns = np.meshgrid(*[np.linspace(-1, 1, edge, dtype=np.float32)] * 2, indexing="ij")
    probe = np.stack([rows, columns, -rows * columns], axis=-1)[None]
    values = np.asarray(network(probe))
    low, high = (float(np.quantile(values, part)) for part in (0.02, 0.98))
    most = max([10.0, *(abs(end) for end in painted if np.isfinite(end))])
    if not np.isfinite(values).all() or max(-low, high) > most:
        raise InputError(
            "the network must paint in [-1, 1], as those that end in tanh do, and what it made of "
            f"a probe picture lies between {low:.3g} and {high:.3g}; train one with tanh"
        )


def recognise(saved: "SavedWeights", network: str | None = None) -> TrainedGenerator:
    """Find the network that weights are of.

    Args:
        saved: of one network, or of several side by side.
        network: which of several; None takes the one of X to Y, as far as the names tell.

    Raises:
        InputError: it is none that is known, or there is none of that name.
    """
    found = _recognised(saved) if network is None else None
    if found:
        return found
    parts = dict(saved.parts())
    names = list(parts) if network is None else [choose(list(parts), network)]
    if found := _first_recognised(names, parts, saved.is_in_order or network is not None):
        return found
    raise InputError(
        "it holds weights without a network, and they fit none that artnb knows: the Kaggle "
        "tutorial's U-Net, the keras.io example's ResNet, and its own; save the whole model instead"
    )


def _first_recognised(
    names: list[str], parts: dict[str, "SavedWeights"], is_first: bool
) -> TrainedGenerator | None:
    """Recognise the first network that is known; others must not be so, unless the first is told.

    Raises:
        InputError: several are known, and nothing tells which turns X into Y.
    """
    from artnb.exchange.keras_weights import FORWARD

    found = {}
    for name in names:
        if generator := _recognised(parts[name]):
            text = f"{generator.description}, {name} of several networks"
            found[name] = replace(generator, description=text)
            if is_first or name in FORWARD:
                break
    return found[choose(list(found), None)] if found else None


def _recognised(saved: "SavedWeights") -> TrainedGenerator | None:
    from artnb.exchange.keras_weights import in_order
    from artnb.models.building import weights_at_most

    flat = [array for layer in saved.arrays.values() for array in layer]
    # The first kernel takes three colours; a transposed one that gives them looks alike.
    first = dict.fromkeys(array.shape for array in flat if array.shape[2:3] == (3,))
    epsilon = TUTORIAL_EPSILON if saved.has_scale_and_offset else ADDONS_EPSILON
    candidates = (one for shape in first for one in _candidates(shape, len(flat), epsilon))
    for title, settings, build in candidates:
        try:
            with weights_at_most(saved.count):
                network = build()
        except InputError:
            continue
        weights = in_order(network, saved)
        if weights is None:
            continue
        if settings:
            return TrainedGenerator(title, settings, weights)
        network.set_weights(weights)
        return of_network(title, network)
    return None


def _candidates(first: tuple[int, ...], count: int, epsilon: float) -> Iterator[Candidate]:
    """Name the networks that so many weights can be of, by the shape of the first kernel."""
    from artnb.exchange.tutorials import kaggle_unet, keras_io_resnet

    if first[:3] == (4, 4, 3):
        whose = "Kaggle" if epsilon == ADDONS_EPSILON else "TensorFlow"
        yield f"U-Net of the {whose} tutorial", {}, lambda: kaggle_unet(first[3], epsilon)
        yield from _own_unets(first[3], count)
    if first[:3] == (7, 7, 3):
        blocks, rest = divmod(count - 17, 6)
        if not rest and blocks >= 0:
            title = f"ResNet of the keras.io example, {blocks} blocks"
            yield title, {}, lambda: keras_io_resnet(first[3], blocks)
        yield from _own_resnets(first[3], count)


def _own_resnets(filters: int, count: int) -> Iterator[Candidate]:
    for affine, (blocks, rest) in ((False, divmod(count - 12, 4)), (True, divmod(count - 22, 8))):
        if rest or blocks < 1:
            continue
        for upsampling in ("transposed", "resize"):
            settings = {
                "generator": "resnet",
                "generator_filters": filters,
                "generator_blocks": blocks,
                "upsampling": upsampling,
                "norm_affine": affine,
            }
            yield describe_resnet(settings), settings, _builder(settings)


def _own_unets(filters: int, count: int) -> Iterator[Candidate]:
    for affine, (depth, rest) in ((False, divmod(count - 2, 4)), (True, divmod(count + 2, 8))):
        if rest or not 2 <= depth <= 8:
            continue
        for upsampling in ("transposed", "resize"):
            settings = {
                "generator": "unet",
                "generator_filters": filters,
                "generator_depth": depth,
                "upsampling": upsampling,
                "norm_affine": affine,
            }
            yield f"U-Net, depth {depth}, {filters} filters", settings, _builder(settings)


def _builder(settings: dict[str, Any]) -> Callable[[], "keras.Model"]:
    def build() -> "keras.Model":
        from artnb.methods.cyclegan.model import build_generator

        return build_generator(CycleGANConfig(**settings), "generator_g")

    return build
