"""What a loss is differentiated and compiled with, on each backend."""

from collections.abc import Callable
from typing import Any

import keras

if keras.backend.backend() == "jax":
    import jax

    def compiled(function: Callable) -> Callable:
        """Compile a pure function of nested arrays; it is traced once for each set of shapes."""
        return jax.jit(function)

    def value_and_gradients(function: Callable, values: Any) -> tuple[Any, Any]:
        """Give `function(values)`, a scalar, and its gradients by the nested arrays `values`."""
        return jax.value_and_grad(function)(values)

else:
    import tensorflow as tf

    def compiled(function: Callable) -> Callable:
        """Compile a pure function of nested arrays; it is traced once for each set of shapes."""
        # Nothing branches on values: rewriting source for that would take seconds.
        return tf.function(function, autograph=False)

    def value_and_gradients(function: Callable, values: Any) -> tuple[Any, Any]:
        """Give `function(values)`, a scalar, and its gradients by the nested arrays `values`."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            value = function(values)
        return value, tape.gradient(value, values)
