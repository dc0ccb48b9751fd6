"""The engine's TensorFlow half: eager-style steps and a gradient tape."""

from typing import Any

import keras
import tensorflow as tf

from artnb.training.replicas import replicas_of_step, spoil_unless_finite


class TensorFlowEngine:
    """Runs an `AdversarialModel`'s step under Keras' TensorFlow trainer."""

    def train_step(self, data: Any) -> dict[str, Any]:
        """Run one step; Keras wraps this in a `tf.function`."""
        return self.tracked_step(data)

    def differentiate(self, loss_fn: Any, player: Any) -> tuple[list, Any]:
        """Give a loss's gradients, scaled as the player's optimizer wants, and the auxiliary.

        Keras adds up the gradients of all replicas; each gives its part of the batch's mean.
        """
        values = [variable.value for variable in player.trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            loss, auxiliary = loss_fn()
            scaled = player.optimizer.scale_loss(loss)
            if replicas_of_step() > 1:
                scaled = scaled / replicas_of_step()
        return tape.gradient(scaled, values), auxiliary

    def differentiate_each(self, losses_fn: Any, players: dict[str, Any]) -> tuple[dict, Any]:
        """Give each player the gradients of its own loss; see `AdversarialModel.minimize_each`."""
        values = {
            name: [variable.value for variable in player.trainable_variables]
            for name, player in players.items()
        }
        with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
            tape.watch(values)
            losses, auxiliary = losses_fn()
            scaled = {
                name: player.optimizer.scale_loss(losses[name]) / replicas_of_step()
                for name, player in players.items()
            }
        gradients = {name: tape.gradient(scaled[name], values[name]) for name in players}
        return gradients, auxiliary

    def apply_gradients(self, gradients: list, player: Any) -> None:
        """Let the player's optimizer step."""
        if isinstance(player.optimizer, keras.optimizers.LossScaleOptimizer):
            gradients = spoil_unless_finite(gradients)
        player.optimizer.apply(gradients, player.trainable_variables)

    def input_gradients(self, function: Any, inputs: Any) -> Any:
        """Differentiate a scalar function of a tensor by it, inside a loss or outside."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(inputs)
            value = function(inputs)
        return tape.gradient(value, inputs)

    def either(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """Give what one of two functions gives, and compute nothing of the other.

        The first stays a function of its own in the graph. Dissolved in it, TensorFlow 2.21 may add
        its gradients up in a temporary variable, which it makes in every step and gives back only
        in those that take this way: the step after fails, where pictures or networks are large
        (AlreadyExistsError; https://github.com/tensorflow/tensorflow/issues/23780).
        """
        kept = tf.function(then, autograph=False, experimental_attributes={"_noinline": True})
        return tf.cond(condition, kept, otherwise)

    def sync(self) -> None:
        """Make variables readable from a callback; on TensorFlow they always are."""
