"""Arrays of HDF5 files, of types that HDF5 itself does not know, too."""

from typing import TYPE_CHECKING

import numpy as np

from artnb.errors import InputError

if TYPE_CHECKING:
    import h5py


def read_array(dataset: "h5py.Dataset") -> np.ndarray:
    """Read an array as Keras meant it.

    HDF5 has no bfloat16, and Keras 3 keeps such weights as bytes without a meaning: the type stands
    beside them in `.keras` and `.weights.h5` files, and nowhere in `.h5` files, where nothing else
    that Keras writes has two bytes and no type.

    Args:
        dataset: of a layer's weight.

    Returns:
        The array; bfloat16 as float32, which holds each of its numbers.

    Raises:
        InputError: it is of another type that HDF5 does not know, such as an 8-bit float.
    """
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
