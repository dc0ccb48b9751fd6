"""The engine: one training step, written once with keras.ops, for every backend.

A subclass writes `step(batch)` and calls `minimize(loss_fn, player)` in it; `fit` with
ordinary callbacks is the only training loop. What a backend does differently is in a module
of its own: how a step is run and how a loss is differentiated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from artnb.data.dataset import Dataset
from artnb.platform.devices import replicas

if keras.backend.backend() == "jax":
    from artnb.training.engine_jax import JaxEngine as BackendEngine
else:
    from artnb.training.engine_tensorflow import TensorFlowEngine as BackendEngine


@dataclass(frozen=True)
class Player:
    """Networks that are trained together, by one optimizer, against other players."""

    networks: tuple[keras.Model, ...]
    optimizer: keras.optimizers.Optimizer

    @property
    def trainable_variables(self) -> list[keras.Variable]:
        """The weights of all networks."""
        return [v for network in self.networks for v in network.trainable_variables]


class PlayerOptimizers:
    """All players' optimizers in one object: Keras' trainers know only one."""

    built = True

    def __init__(self, optimizers: Sequence[keras.optimizers.Optimizer]) -> None:
        self.optimizers = tuple(optimizers)

    @property
    def variables(self) -> list[keras.Variable]:
        """The variables of all optimizers."""
        return [v for optimizer in self.optimizers for v in optimizer.variables]


def compiles(wanted: bool) -> bool:
    """Say whether XLA compiles: on JAX always, on TensorFlow if wanted and on one device."""
    return keras.backend.backend() == "jax" or (wanted and replicas() == 1)


class AdversarialModel(BackendEngine, keras.Model):
    """Networks that play against each other, trained by `fit`.

    Args:
        players: by name, such as `"generators"` and `"discriminators"`; their optimizers are
            built here.
        loss_names: the losses that `step` returns; `fit` logs the mean of each over an epoch.
        jit_compile: whether XLA compiles the step on TensorFlow; never left to Keras' "auto",
            so that a Run can record it. On JAX a step is always compiled; TensorFlow's
            MirroredStrategy cannot have its step compiled.
    """

    def __init__(
        self, players: dict[str, Player], loss_names: Sequence[str], jit_compile: bool = False
    ) -> None:
        super().__init__()
        self.players = players
        # Means over the epoch: what `fit` would log by itself is the last batch.
        self.trackers = {name: keras.metrics.Mean(name=name) for name in loss_names}
        for player in players.values():
            player.optimizer.build(player.trainable_variables)
        self.compile(optimizer=None, loss=None, jit_compile=compiles(jit_compile))
        self.optimizer = PlayerOptimizers([player.optimizer for player in players.values()])
        self.built = True

    def step(self, batch: Any) -> dict[str, Any]:
        """Train every player once on a batch; to be written by the subclass.

        Returns:
            The losses by name, scalars.
        """
        raise NotImplementedError

    def begin(self, dataset: Dataset) -> str:
        """Learn of a Dataset what is known before the first step; a subclass may have some.

        Called once in a training, at its beginning: whatever is learnt must be in `parts()`.

        Returns:
            A sentence about it, or nothing.
        """
        return ""

    def minimize(self, loss_fn: Callable[[], tuple[Any, Any]], player: str) -> Any:
        """Take one optimizer step for a player.

        Args:
            loss_fn: called without arguments, gives the scalar loss and anything else that
                the step needs from the computation.
            player: its name.

        Returns:
            The second thing that `loss_fn` gave.
        """
        gradients, auxiliary = self.differentiate(loss_fn, self.players[player])
        self.apply_gradients(gradients, self.players[player])
        return auxiliary

    def differentiate_together(
        self, losses_fn: Callable[[], tuple[dict[str, Any], Any]]
    ) -> tuple[dict[str, list], Any]:
        """Differentiate one computation, in which every player has a loss of its own.

        What players have in common, such as a discriminator's verdict on what a generator made, is
        computed once.

        Args:
            losses_fn: called without arguments, gives each player's scalar loss by its name, and
                anything else that the step needs from the computation.

        Returns:
            For each player the gradients of its loss by its weights, and the second thing that
            `losses_fn` gave.
        """
        return self.differentiate_each(losses_fn, self.players)

    def with_gradients_if(
        self,
        due: Any,
        loss_fn: Callable[[], tuple[Any, Any]],
        player: str,
        gradients: list,
        otherwise: Any,
    ) -> tuple[list, Any]:
        """Add the gradients of another loss of a player, which is computed only where it is due.

        Args:
            due: a boolean scalar of the step.
            loss_fn: as for `minimize`; it changes no variable.
            player: its name.
            gradients: those that there are already.
            otherwise: stands for the second thing that `loss_fn` gives, where it is not due.

        Returns:
            The sums, and the second thing that `loss_fn` gave.
        """

        def added() -> tuple[list, Any]:
            more, auxiliary = self.differentiate(loss_fn, self.players[player])
            sums = [g if m is None else g + m for g, m in zip(gradients, more, strict=True)]
            return sums, auxiliary

        return self.either(due, added, lambda: (gradients, otherwise))

    def tracked_step(self, batch: Any) -> dict[str, Any]:
        """Run `step` and give the means of its losses since the epoch began."""
        for name, loss in self.step(batch).items():
            self.trackers[name].update_state(loss)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def parts(self) -> dict[str, Any]:
        """Name everything that holds state, each with its `variables`; a subclass adds its own."""
        networks = (network for player in self.players.values() for network in player.networks)
        return {
            **{network.name: network for network in networks},
            **{f"optimizer_{name}": player.optimizer for name, player in self.players.items()},
            **{f"mean_{metric.name}": metric for metric in self.metrics},
        }

    @property
    def kept_networks(self) -> dict[str, keras.Model]:
        """The networks that snapshots hold, by name; all of the players', unless a subclass says.

        What it is called here is what `Method.build_network` is asked for.
        """
        return {n.name: n for player in self.players.values() for n in player.networks}

    # After how many steps everything that a step may do has been done.
    steps_of_a_round = 1

    # Whether the networks to look at are averages of the trained ones.
    is_averaged = False

    def describe(self) -> str:
        """Say how large the networks are."""
        sizes = (f"{n.name} of {n.count_params():,}" for n in self.kept_networks.values())
        return f"Networks: {', '.join(sizes)} parameters"

    def change_draws(self, number: int) -> None:
        """Let all random draws from here on be others than they would have been."""
        for part in self.parts().values():
            if (random := getattr(part, "random", None)) is not None:
                random.state.assign(random.state + keras.ops.cast([number, 0], random.state.dtype))

    def state_variables(self) -> list[keras.Variable]:
        """Give everything that a step reads or writes: weights, optimizers, seeds, means."""
        everything = (*self.variables, *self.optimizer.variables, *self.metrics_variables)
        known = {id(variable): variable for variable in everything}
        return list(known.values())

    @property
    def learning_rate(self) -> float:
        """The learning rate, the same for all players."""
        return float(self.optimizer.optimizers[0].learning_rate.numpy())

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for optimizer in self.optimizer.optimizers:
            optimizer.learning_rate.assign(value)
