"""What a step of StyleGAN2 draws, in one place: latents, noise, where styles mix."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from artnb.models.stylegan2.networks import Sizes
from artnb.training.replicas import own_share, replicas_of_step


@dataclass(frozen=True)
class Draw:
    """What is drawn for a step, or a replica's share of it.

    Args:
        z: two latents for each picture, `(batch, 2, z_size)`.
        mixed_from: the place from which the second latent's w is taken, int32 scalar; the number of
            places where none is.
        noises: a noise for each 3×3 convolution, `(batch, px, px, 1)`.
        direction: the picture along which path lengths are measured, `(batch, px, px, 3)`.
    """

    z: Any
    mixed_from: Any
    noises: list[Any]
    direction: Any


class StepDraws(keras.layers.Layer):
    """Draws what a step needs.

    Args:
        sizes: of the networks.
        style_mixing: how often two latents share a picture.
        seed: of the draws.
    """

    def __init__(self, sizes: Sizes, style_mixing: float, seed: int) -> None:
        super().__init__(name="step_draws", dtype="float32")
        self.sizes, self.style_mixing = sizes, style_mixing
        self.random = keras.random.SeedGenerator(seed)
        self.built = True

    def draw(self, count: int) -> Draw:
        """Draw for `count` pictures of this replica."""
        of_batch = count * replicas_of_step()
        z = self._normal((of_batch, 2, self.sizes.z_size))
        noise = self._normal((of_batch, sum(px * px for px in self.sizes.noise_px)))
        size_px = self.sizes.size_px
        direction = self._normal((of_batch, size_px, size_px, 3))
        return Draw(z, self._mixed_from(), self._noises(noise), direction)

    def _normal(self, shape: tuple[int, ...]) -> Any:
        return own_share(keras.random.normal(shape, seed=self.random))

    def _mixed_from(self) -> Any:
        """Give a place from the second on as often as styles are mixed, else the places' number."""
        chance, where = ops.unstack(keras.random.uniform((2,), seed=self.random), 2)
        places = self.sizes.w_count
        place = 1 + ops.cast(ops.floor(where * (places - 1)), "int32")
        return ops.where(chance < self.style_mixing, ops.minimum(place, places - 1), places)

    def _noises(self, flat: Any) -> list[Any]:
        sizes = self.sizes.noise_px
        parts = ops.split(flat, np.cumsum([px * px for px in sizes])[:-1].tolist(), axis=1)
        count = flat.shape[0]
        return [
            ops.reshape(part, (count, px, px, 1)) for part, px in zip(parts, sizes, strict=True)
        ]
