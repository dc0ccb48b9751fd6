"""Networks that others declare, built within limits."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import keras

from artnb.errors import InputError


@contextmanager
def weights_at_most(count: int) -> Iterator[None]:
    """Refuse to make more weights, before memory is taken for them.

    What a file declares of its layers takes a few bytes, and making them would take gigabytes.

    Args:
        count: how many numbers the file has for weights.

    Raises:
        InputError: a layer wants more than are left.
    """
    left, add_weight = count, keras.Layer.add_weight

    def counted(layer, shape=None, *given, **named):
        nonlocal left
        wanted = math.prod(shape or ())
        left -= wanted
        if left < 0:
            raise InputError(
                f"the network must have no more weights than its file holds, {count:,}, and its "
                f"layer {layer.name} alone has {wanted:,}; save the network again"
            )
        return add_weight(layer, shape, *given, **named)

    keras.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.Layer.add_weight = add_weight
