"""The weights in TensorFlow's checkpoints, of `tf.train.Checkpoint` and `save_weights`."""

import re
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.files import refuse_pointer

if TYPE_CHECKING:
    from artnb.exchange.keras_weights import SavedWeights

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
# How Keras 2 and Keras 3 count layers, those of nested models likewise.
_LAYER = re.compile(r"(?:layer_with_weights-|(?:_functional/)?_operations/)(\d+)/")
# The attributes that lead from a network to its layers, and those that may lead to a network.
_STEP = re.compile(r"layer_with_weights-\d+|_functional|_operations|\d+")
_NETWORK = re.compile(r"(?!layer-|.*optim)[A-Za-z]\w*", re.IGNORECASE)
_DEEPEST = 16
# The order of a layer's weights; scale and offset are TensorFlow's tutorials'.
_KINDS = ("kernel", "bias", "gamma", "beta", "scale", "offset")
_PART = re.compile(r"\.data-(\d+)-of-(\d+)$")


def checkpoint_of(path: Path) -> Path | None:
    """Give the index file of the checkpoint that a path means: its prefix, or a file or folder.

    Raises:
        InputError: a folder holds several and does not say which is the latest, or the index file
            is not where the values are.
    """
    if path.is_dir():
        return _latest(path)
    prefix = re.sub(r"(\.index|\.data-\d+-of-\d+)$", "", path.name)
    index = path.with_name(f"{prefix}.index")
    if _PART.search(path.name) and path.is_file() and not index.is_file():
        raise InputError(
            f"{path.name} holds the values of a checkpoint, and {index.name}, which says what they "
            "are, must lie beside it and does not; copy both"
        )
    return index if prefix and index.is_file() else None


def _latest(folder: Path) -> Path | None:
    """Give the latest checkpoint in a folder, as the file that TensorFlow keeps there says."""
    found = sorted(folder.glob("*.index"))
    notes = folder / "checkpoint"
    if len(found) > 1 and notes.is_file():
        text = notes.read_text(encoding="utf-8", errors="replace")
        named = re.search(r'^model_checkpoint_path: "(?:.*[/\\])?([^"]+)"', text, re.MULTILINE)
        found = [one for one in found if named and one.name == f"{named[1]}.index"] or found
    if len(found) > 1:
        names = ", ".join(one.stem for one in found)
        raise InputError(
            f"{folder} must be one checkpoint, and holds several, {names}; name one, such as "
            f"{found[-1].with_suffix('')}"
        )
    return found[0] if found else None


def _check_parts(index: Path) -> None:
    """Check that the files of a checkpoint's values are all there."""
    beside = [one.name for one in index.parent.iterdir() if one.name.startswith(f"{index.stem}.")]
    parts = [match for name in beside if (match := _PART.search(name))]
    count = int(parts[0][2]) if parts else 1
    names = [f"{index.stem}.data-{number:05d}-of-{count:05d}" for number in range(count)]
    if missing := [name for name in names if name not in beside]:
        raise InputError(
            f"{index.name} must be of a whole checkpoint of TensorFlow, and {missing[0]}, which "
            "holds values of it, is not beside it; copy both its .index and its .data files again"
        )


def read_checkpoint(index: Path) -> "SavedWeights":
    """Read the weights of all networks in a checkpoint, in the order of their layers.

    Args:
        index: its index file; the values lie beside it.

    Raises:
        InputError: TensorFlow is missing, or the checkpoint is damaged or lacks a file.
    """
    from artnb.exchange.keras_weights import SavedWeights

    _check_parts(index)
    for file in sorted(index.parent.glob(f"{escape(index.stem)}.data-*")):
        refuse_pointer(file)
    try:
        import tensorflow as tf
    except ImportError:
        raise InputError(
            f"{index.name} is a checkpoint, which needs TensorFlow to be read, and that is not "
            "installed; install it, or save the generator as .h5 where it is"
        ) from None
    try:
        reader = tf.train.load_checkpoint(str(index.with_suffix("")))
        keys = _weights(reader.get_tensor(_GRAPH))
        arrays: dict[tuple[str, ...], list] = {}
        for name in sorted(keys, key=_place):
            network = _LAYER.split(name)[0].strip("/")
            arrays.setdefault((network,), []).append(reader.get_tensor(keys[name]))
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{index.name} must be of a whole checkpoint of TensorFlow, and it cannot be read "
            f"({str(error).partition(chr(10))[0]}); copy both its .index and its .data files again"
        ) from error
    has_scale = any(_kind(name) == "scale" for name in keys)
    return SavedWeights(arrays, is_by_name=True, has_scale_and_offset=has_scale)


def _weights(graph: bytes) -> dict[str, str]:
    """Find the keys of layers' weights by the paths of attributes that lead to them.

    A key is whatever path was found first: Keras 3 keeps a generator's weights as those of an
    optimizer, where a checkpoint has both.

    Args:
        graph: what objects the checkpoint was made of.

    Returns:
        Keys by paths such as `generator_g/_operations/2/_kernel`.
    """
    from tensorflow.core.protobuf import trackable_object_graph_pb2 as protocol

    nodes = protocol.TrackableObjectGraph.FromString(graph).nodes
    found: dict[str, str] = {}
    seen: set[int] = set()

    def visit(number: int, path: str) -> None:
        for child in nodes[number].children:
            name, inner = child.local_name, nodes[child.node_id]
            is_within = bool(_LAYER.search(path))
            if inner.attributes and is_within and _kind(name) in _KINDS:
                found.setdefault(f"{path}{name}", inner.attributes[0].checkpoint_key)
            elif _STEP.fullmatch(name) or (not is_within and _NETWORK.fullmatch(name)):
                visit_once(child.node_id, f"{path}{name}/")

    def visit_once(number: int, path: str) -> None:
        # A network lies under one name, however many objects refer to it.
        if path.count("/") <= _DEEPEST and number not in seen:
            seen.add(number)
            visit(number, path)

    visit(0, "")
    return found


def _kind(name: str) -> str:
    """Give the kind of a weight; Keras 3 calls kernels that may be changed so `_kernel`."""
    return name.rpartition("/")[2].removeprefix("_")


def _place(name: str) -> tuple[str, list[int], int]:
    """Sort by network, by the numbers of nested layers, and by the kind of weight."""
    return _LAYER.split(name)[0], list(map(int, _LAYER.findall(name))), _KINDS.index(_kind(name))
