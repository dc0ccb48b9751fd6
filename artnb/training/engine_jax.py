"""The engine's JAX half: pure functions around steps that assign to variables."""

from typing import Any

import jax
import keras


class JaxEngine:
    """Runs an `AdversarialModel`'s step under Keras' JAX trainer."""

    def train_step(self, state: tuple, data: Any) -> tuple[dict[str, Any], tuple]:
        """Run one step as a pure function; Keras compiles this with `jax.jit`."""
        groups = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        )
        mapping = [
            pair
            for group, values in zip(groups, state, strict=True)
            for pair in zip(group, values, strict=True)
        ]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            logs = self.tracked_step(data)
        return logs, tuple([scope.get_current_value(v) for v in group] for group in groups)

    def differentiate(self, loss_fn: Any, player: Any) -> tuple[list, Any]:
        """Give a loss's gradients, scaled as the player's optimizer wants, and the auxiliary.

        Every variable is mapped to its current value in the inner scope, not only those that
        are differentiated: what is left out would be read as a constant of the trace. What the
        loss changes on its way (seeds, say) leaves through the auxiliary output.
        """
        weights = player.trainable_variables
        of_player = {id(weight) for weight in weights}
        others = [v for v in self.state_variables() if id(v) not in of_player]
        other_values = [v.value for v in others]

        def differentiable(values: list) -> tuple[Any, Any]:
            mapping = [
                *zip(weights, values, strict=True),
                *zip(others, other_values, strict=True),
            ]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                loss, auxiliary = loss_fn()
                scaled = player.optimizer.scale_loss(loss)
            return scaled, (auxiliary, [scope.get_current_value(v) for v in others])

        gradients, (auxiliary, changed) = jax.grad(differentiable, has_aux=True)(
            [weight.value for weight in weights]
        )
        for variable, before, after in zip(others, other_values, changed, strict=True):
            if after is not before:
                variable.assign(after)
        return gradients, auxiliary

    def differentiate_each(self, losses_fn: Any, players: dict[str, Any]) -> tuple[dict, Any]:
        """Give each player the gradients of its own loss; see `AdversarialModel.minimize_each`."""
        weights = {name: player.trainable_variables for name, player in players.items()}
        of_players = {id(weight) for group in weights.values() for weight in group}
        others = [v for v in self.state_variables() if id(v) not in of_players]
        other_values = [v.value for v in others]

        def differentiable(values: dict[str, list]) -> tuple[Any, Any]:
            mapping = [
                *(p for name in players for p in zip(weights[name], values[name], strict=True)),
                *zip(others, other_values, strict=True),
            ]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                losses, auxiliary = losses_fn()
                scaled = {n: p.optimizer.scale_loss(losses[n]) for n, p in players.items()}
            return scaled, (auxiliary, [scope.get_current_value(v) for v in others])

        values = {name: [weight.value for weight in group] for name, group in weights.items()}
        losses, pull_back, (auxiliary, changed) = jax.vjp(differentiable, values, has_aux=True)
        for variable, before, after in zip(others, other_values, changed, strict=True):
            if after is not before:
                variable.assign(after)

        def of(name: str) -> list:
            # Whatever of the others' gradients is not used, the compiler leaves out.
            cotangents = {n: jax.numpy.full_like(loss, n == name) for n, loss in losses.items()}
            return pull_back(cotangents)[0][name]

        return {name: of(name) for name in players}, auxiliary

    def apply_gradients(self, gradients: list, player: Any) -> None:
        """Let the player's optimizer step as a pure function: loss scaling branches within it."""
        optimizer, weights = player.optimizer, player.trainable_variables
        state = [variable.value for variable in optimizer.variables]
        values = [weight.value for weight in weights]
        new_values, new_state = optimizer.stateless_apply(state, gradients, values)
        for variable, value in zip(
            [*weights, *optimizer.variables], [*new_values, *new_state], strict=True
        ):
            variable.assign(value)

    def input_gradients(self, function: Any, inputs: Any) -> Any:
        """Differentiate a scalar function of a tensor by it, inside a loss or outside."""
        return jax.grad(function)(inputs)

    def either(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """Give what one of two functions gives, and compute nothing of the other."""
        return keras.ops.cond(condition, then, otherwise)

    def sync(self) -> None:
        """Make variables readable from a callback; between steps `fit` holds their values."""
        if getattr(self, "_jax_state", None) is not None:
            self.jax_state_sync()
