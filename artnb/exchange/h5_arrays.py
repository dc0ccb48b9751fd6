"""Arrays of HDF5 files, of types that HDF5 itself does not know, too."""

from typing import TYPE_CHECKING

import numpy as np

from artnb.errors import InputError
from artnb.limits import Limit, Room

if TYPE_CHECKING:
    import h5py

# As of PyTorch's files. Weights hardly shrink, but many of a network that was pruned are 0.
LARGEST_WEIGHTS = Limit("file of weights", most_bytes=4 << 30, most_times=20)


def room_for(file: "h5py.Group") -> Room:
    """Give the room that there is for the arrays of a file."""
    return Room(LARGEST_WEIGHTS, file.file.id.get_filesize())


def read_array(dataset: "h5py.Dataset", room: Room) -> np.ndarray:
    """Read an array as Keras meant it.

    HDF5 has no bfloat16, and Keras 3 keeps such weights as bytes without a meaning: the type stands
    beside them in `.keras` and `.weights.h5` files, and nowhere in `.h5` files, where nothing else
    that Keras writes has two bytes and no type.

    Args:
        dataset: of a layer's weight.
        room: for this and all other arrays of the file.

    Returns:
        The array; bfloat16 as float32, which holds each of its numbers.

    Raises:
        InputError: it is of another type that HDF5 does not know, such as an 8-bit float.
        TooLargeError: there is no room for it.
    """
    room.take((dataset.size or 0) * dataset.dtype.itemsize)
    array = dataset[()]
    if array.dtype.kind != "V":
        return array
    named = dataset.attrs.get("dtype", "bfloat16" if array.dtype.itemsize == 2 else "")
    if named != "bfloat16" or array.dtype.itemsize != 2:
        kind = named or f"an unknown type of {array.dtype.itemsize} bytes"
        raise InputError(
            f"the weights must be float32, float16 or bfloat16, and {dataset.name} is {kind}; "
            "save the model again with one of these"
        )
    # bfloat16 is the upper half of float32.
    return (array.view("<u2").astype("<u4") << 16).view("<f4").astype(np.float32, copy=False)
