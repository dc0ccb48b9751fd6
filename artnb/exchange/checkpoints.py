"""The weights in TensorFlow's checkpoints, which `save_weights` wrote before Keras 3."""

import re
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.files import refuse_pointer

if TYPE_CHECKING:
    from artnb.exchange.keras_weights import SavedWeights

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_LAYER = re.compile(r"layer_with_weights-(\d+)/")
# The order of a layer's weights.
_KINDS = ("kernel", "bias", "gamma", "beta")


def checkpoint_of(path: Path) -> Path | None:
    """Give the index file of the checkpoint that a path means, by its prefix or a file of it."""
    prefix = re.sub(r"(\.index|\.data-\d+-of-\d+)$", "", path.name)
    index = path.with_name(f"{prefix}.index")
    return index if prefix and index.is_file() else None


def read_checkpoint(index: Path) -> "SavedWeights":
    """Read the weights of all networks in a checkpoint, in the order of their layers.

    Args:
        index: its index file; the values lie beside it.

    Raises:
        InputError: TensorFlow is missing, or the checkpoint is damaged.
    """
    from artnb.exchange.keras_weights import SavedWeights

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
        keys = [key for key in reader.get_variable_to_shape_map() if _is_weight(key)]
        arrays: dict[tuple[str, ...], list] = {}
        for key in sorted(keys, key=_place):
            arrays.setdefault((_LAYER.split(key)[0].strip("/"),), []).append(reader.get_tensor(key))
    except (tf.errors.OpError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{index.name} must be of a whole checkpoint of TensorFlow, and it cannot be read "
            f"({str(error).partition(chr(10))[0]}); copy both its .index and its .data files again"
        ) from error
    return SavedWeights(arrays, is_by_name=True)


def _is_weight(key: str) -> bool:
    """Leave out what optimizers keep of weights, and what is no layer's."""
    kind = key.removesuffix(_VALUE).rpartition("/")[2]
    return key.endswith(_VALUE) and ".OPTIMIZER" not in key and kind in _KINDS


def _place(key: str) -> tuple[str, list[int], int]:
    """Sort by network, by the numbers of nested layers, and by the kind of weight."""
    kind = key.removesuffix(_VALUE).rpartition("/")[2]
    return _LAYER.split(key)[0], list(map(int, _LAYER.findall(key))), _KINDS.index(kind)
