"""The engine's TensorFlow half: eager-style steps and a gradient tape."""

from typing import Any

import tensorflow as tf


class TensorFlowEngine:
    """Runs an `AdversarialModel`'s step under Keras' TensorFlow trainer."""

    def train_step(self, data: Any) -> dict[str, Any]:
        """Run one step; Keras wraps this in a `tf.function`."""
        return self.tracked_step(data)

    def minimize(self, loss_fn: Any, player: str) -> Any:
        """Take one optimizer step for a player.

        Args:
            loss_fn: called without arguments, gives the scalar loss and anything else that
                the step needs from the computation.
            player: its name.

        Returns:
            The second thing that `loss_fn` gave.
        """
        optimizer = self.players[player].optimizer
        variables = self.players[player].trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            loss, auxiliary = loss_fn()
            scaled = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, [variable.value for variable in variables])
        optimizer.apply(gradients, variables)
        return auxiliary

    def input_gradients(self, function: Any, inputs: Any) -> Any:
        """Differentiate a scalar function of a tensor by it, inside a loss or outside."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(inputs)
            value = function(inputs)
        return tape.gradient(value, inputs)

    def sync(self) -> None:
        """Make variables readable from a callback; on TensorFlow they always are."""
