"""The replay pool: discriminators also see fakes from earlier in the training.

Source: Shrivastava et al. 2017, arXiv 1612.07828, section 2.3; 50 pictures as in Zhu et al. 2017,
section 4.
"""

from typing import Any

import keras
from keras import ops

from artnb.training.replicas import own_share, whole_batch


class ReplayPool(keras.layers.Layer):
    """A store of earlier fakes on the device.

    The pool first fills, giving back what it is given. Once full, each picture is with
    probability one half exchanged for a stored one and stored in its place.

    With several pictures a call, those of one call are exchanged for different stored ones;
    with one, as in the paper, this is the original rule. Where replicas share a batch, each
    keeps the same pool of all replicas' fakes, by the draws of the whole batch.

    Args:
        size: how many pictures it stores; at least the batch size.
        image_size_px: their edge.
        seed: of the draws.
        name: of the layer.
    """

    def __init__(self, size: int, image_size_px: int, seed: int, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.size = size
        self.images = self.add_weight(
            shape=(size, image_size_px, image_size_px, 3),
            initializer="zeros",
            trainable=False,
            name="images",
        )
        self.count = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="count"
        )
        self.random = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, fakes: Any) -> Any:
        """Store float32 `(batch, height, width, 3)` and give as many back."""
        fakes = whole_batch(fakes)
        batch = ops.shape(fakes)[0]
        random_slots = ops.argsort(keras.random.uniform((self.size,), seed=self.random))[:batch]
        exchange = keras.random.uniform((batch,), seed=self.random) < 0.5
        return own_share(self.exchange(fakes, ops.cast(random_slots, "int32"), exchange))

    def exchange(self, fakes: Any, random_slots: Any, exchange: Any) -> Any:
        """Do what `call` does with given draws.

        Args:
            fakes: float32 `(batch, height, width, 3)`.
            random_slots: int32 `(batch,)`, different places in [0, size).
            exchange: bool `(batch,)`, whether to exchange, once the pool is full.

        Returns:
            float32 `(batch, height, width, 3)`.
        """
        count = ops.convert_to_tensor(self.count)
        stored = ops.convert_to_tensor(self.images)
        batch = ops.shape(fakes)[0]
        arriving_at = count + ops.arange(batch, dtype="int32")
        fills = arriving_at < self.size
        exchanges = ops.logical_and(exchange, count >= self.size)
        slots = ops.where(fills, arriving_at, random_slots)
        old = ops.take(stored, slots, axis=0)
        self.images.assign(_replace(stored, slots, fakes, ops.logical_or(fills, exchanges)))
        self.count.assign(ops.minimum(count + batch, self.size))
        return ops.where(exchanges[:, None, None, None], old, fakes)


def _replace(stored: Any, slots: Any, pictures: Any, chosen: Any) -> Any:
    """Put the chosen pictures into their slots; exact and without a scatter's free order."""
    lands = ops.logical_and(slots[:, None] == ops.arange(stored.shape[0])[None], chosen[:, None])
    arrivals = ops.take(pictures, ops.argmax(ops.cast(lands, "int32"), axis=0), axis=0)
    return ops.where(ops.any(lands, axis=0)[:, None, None, None], arrivals, stored)
