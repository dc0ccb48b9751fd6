"""Adaptive discriminator augmentation: as much of it as the discriminator needs.

With few pictures a discriminator learns them by heart. Here it sees all pictures, real and fake,
changed at random, each change with probability p; as long as p stays below about 0.8, the
generator learns to paint what is unchanged, for that is what occurs most. How large p must be is
found out while training: where the discriminator is sure of nearly all real pictures, it rises.

Source: Karras et al. 2020, arXiv 2006.06676, section 3 and appendix B. Deviation: how pictures are
resampled, which `ada_resampling` explains.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from artnb.errors import InputError
from artnb.training.ada_resampling import resample
from artnb.training.ada_transformations import (
    COLOUR_NORMALS,
    COLOUR_UNIFORMS,
    PLACEMENT_NORMALS,
    PLACEMENT_UNIFORMS,
    affine_inverse_matrix,
    colour_matrix,
    draw_colours,
    draw_placement,
    recolour,
)
from artnb.training.replicas import own_share, replicas_of_step, whole_batch

POLICIES = ("blit", "geometry", "colour")
# A mean as near to the target as this has reached it: a quotient may be off by its last bit.
_ROUNDING = 1e-5


class Draw(NamedTuple):
    """What happens to each picture of a batch.

    Attributes:
        inverse: float32 `(count, 3, 3)`, where each of its pixels comes from.
        colours: float32 `(count, 3, 4)`, what becomes of its colours.
    """

    inverse: Any
    colours: Any


class AdaptiveAugmentation(keras.layers.Layer):
    """Change pictures by a draw that is made apart from it, as often as the training needs.

    Args:
        policies: any of `"blit"` (mirroring, quarter turns, shifts by whole pixels),
            `"geometry"` (scaling, stretching, turning, shifts) and `"colour"`.
        size_px: edge of the pictures.
        seed: of the draws.
        name: of the layer.
        target: mean sign of the logits of real pictures that is aimed at; 0.6 in the paper.
        batch_size: pictures of a step on all devices.
        interval_steps: after how many steps p is adjusted.
        speed_images: in how many pictures p can go from 0 to 1.
        initial_probability: p at the beginning.
        fixed: let p stay as it is.

    Raises:
        InputError: for a policy that does not exist, or a probability outside [0, 1].
    """

    def __init__(
        self,
        policies: tuple[str, ...],
        size_px: int,
        seed: int,
        name: str,
        *,
        batch_size: int,
        target: float = 0.6,
        interval_steps: int = 4,
        speed_images: int = 500_000,
        initial_probability: float = 0.0,
        fixed: bool = False,
    ) -> None:
        _check(policies, initial_probability)
        super().__init__(name=name, dtype="float32")
        self.policies = policies
        self.size_px = size_px
        self.target = target
        self.images_per_adjustment = batch_size * interval_steps
        self.speed_images = speed_images
        self.fixed = fixed
        self.probability = self._number("probability", initial_probability)
        self.sign_sum = self._number("sign_sum")
        self.sign_count = self._number("sign_count")
        self.random = keras.random.SeedGenerator(seed)
        self.built = True

    def _number(self, name: str, value: float = 0.0) -> keras.Variable:
        initializer = keras.initializers.Constant(value)
        return self.add_weight(shape=(), initializer=initializer, trainable=False, name=name)

    def draw(self, count: int) -> Draw:
        """Draw what happens to `count` pictures, at the probability of this moment."""
        of_batch = count * replicas_of_step()
        kinds = (
            (keras.random.uniform, PLACEMENT_UNIFORMS + COLOUR_UNIFORMS),
            (keras.random.normal, PLACEMENT_NORMALS + COLOUR_NORMALS),
        )
        uniform, normal = (
            own_share(draw((rows, of_batch), dtype="float32", seed=self.random), axis=1)
            for draw, rows in kinds
        )
        return self.draw_of(uniform, normal)

    def draw_of(self, uniform: Any, normal: Any) -> Draw:
        """Make the random numbers of `draw`, a column for each picture, into what happens."""
        blit, geometry, colour = (
            self.probability * float(policy in self.policies) for policy in POLICIES
        )
        placement = draw_placement(
            uniform[:PLACEMENT_UNIFORMS], normal[:PLACEMENT_NORMALS], blit, geometry, self.size_px
        )
        colours = draw_colours(uniform[PLACEMENT_UNIFORMS:], normal[PLACEMENT_NORMALS:], colour)
        return Draw(affine_inverse_matrix(placement), colour_matrix(colours))

    def call(self, pictures: Any, draw: Draw) -> Any:
        """Change pictures `(batch, size_px, size_px, 3)` in [-1, 1] as drawn; they may leave it."""
        if "blit" in self.policies or "geometry" in self.policies:
            pictures = resample(pictures, draw.inverse)
        if "colour" in self.policies:
            pictures = recolour(pictures, draw.colours)
        return pictures

    def observe(self, real_logits: Any) -> None:
        """Note how sure the discriminator is of real pictures, and adjust p when it is time.

        Args:
            real_logits: `(batch, ...)`, positive where a picture is held to be real; of this
                replica's share of the batch. What has several logits counts by their mean sign.
        """
        if self.fixed:
            return
        probability, sign_sum, count = (
            ops.convert_to_tensor(v) for v in (self.probability, self.sign_sum, self.sign_count)
        )
        signs = ops.sign(ops.cast(real_logits, "float32"))
        signs = whole_batch(ops.mean(ops.reshape(signs, (ops.shape(signs)[0], -1)), axis=1))
        sign_sum = sign_sum + ops.sum(signs)
        count = count + ops.cast(ops.shape(signs)[0], "float32")
        beyond = sign_sum / count - self.target
        direction = ops.where(ops.abs(beyond) < _ROUNDING, 0.0, ops.sign(beyond))
        adjusted = ops.clip(probability + direction * count / self.speed_images, 0.0, 1.0)
        due = count >= self.images_per_adjustment
        self.probability.assign(ops.where(due, adjusted, probability))
        self.sign_sum.assign(ops.where(due, 0.0, sign_sum))
        self.sign_count.assign(ops.where(due, 0.0, count))


def _check(policies: tuple[str, ...], probability: float) -> None:
    unknown = [policy for policy in policies if policy not in POLICIES]
    if unknown:
        raise InputError(f"policies must be of {', '.join(POLICIES)}, got {unknown[0]}")
    if not 0 <= probability <= 1:
        raise InputError(f"initial_probability must be in [0, 1], got {probability}")
