"""Compute in float64, which Keras and JAX do not by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import keras


@contextmanager
def float64() -> Iterator[None]:
    """Let JAX compute in float64, and Keras, which has a table of its own against it."""
    if keras.backend.backend() != "jax":
        yield
        return
    import jax
    from keras.src.backend.common import dtypes

    with patch.dict(dtypes.BIT64_TO_BIT32_DTYPE, float64="float64"), jax.enable_x64(True):
        yield


@contextmanager
def new_layers(policy: str = "float64") -> Iterator[None]:
    """Make layers that compute in another type: inputs go by floatx, layers by the policy."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64" if policy == "float64" else before[0])
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])
