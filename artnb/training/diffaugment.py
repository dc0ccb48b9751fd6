"""DiffAugment: what the discriminators see is augmented, differentiably.

With few paintings a discriminator learns them by heart; if every picture that it sees, real or
fake, is changed at random, it cannot, and since the change is differentiable the generators
still learn through it.

Source: Zhao et al. 2020, arXiv 2006.10738, section 3.2. Deviation: real and fake pictures of a
step get the same draw, so that the draw itself tells the discriminator nothing.
"""

from typing import Any

import keras
from keras import ops

from artnb.training.replicas import own_share, replicas_of_step

# The paper's: pictures are moved by up to an eighth, half of the edge is cut out.
_TRANSLATION_SHARE = 0.125
_CUTOUT_SHARE = 0.5


class DiffAugment(keras.layers.Layer):
    """Change pictures by a draw that is made apart from it.

    Args:
        policies: any of `"color"`, `"translation"`, `"cutout"`, in this order.
        seed: of the draws.
        name: of the layer.
    """

    def __init__(self, policies: tuple[str, ...], seed: int, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.policies = policies
        self.random = keras.random.SeedGenerator(seed)
        self.built = True

    def draw(self, count: int) -> Any:
        """Draw what happens to `count` pictures: float32 `(7, count)` in [0, 1)."""
        of_batch = keras.random.uniform((7, count * replicas_of_step()), seed=self.random)
        return own_share(of_batch, axis=1)

    def call(self, pictures: Any, draw: Any) -> Any:
        """Change pictures `(batch, height, width, 3)` in [-1, 1] as drawn."""
        if "color" in self.policies:
            pictures = change_colour(pictures, draw[0], draw[1], draw[2])
        if "translation" in self.policies:
            pictures = translate(pictures, draw[3], draw[4])
        if "cutout" in self.policies:
            pictures = cut_out(pictures, draw[5], draw[6])
        return pictures


def _per_picture(draw: Any) -> Any:
    return draw[:, None, None, None]


def change_colour(pictures: Any, brightness: Any, saturation: Any, contrast: Any) -> Any:
    """Shift brightness by ±0.5, scale saturation by 0 to 2 and contrast by 0.5 to 1.5."""
    pictures = pictures + _per_picture(brightness) - 0.5
    grey = ops.mean(pictures, axis=3, keepdims=True)
    pictures = grey + (pictures - grey) * 2.0 * _per_picture(saturation)
    middle = ops.mean(pictures, axis=(1, 2, 3), keepdims=True)
    return middle + (pictures - middle) * (_per_picture(contrast) + 0.5)


def _whole_steps(draw: Any, lowest: int, highest: int) -> Any:
    return ops.cast(ops.floor(draw * (highest - lowest + 1)), "int32") + lowest


def translate(pictures: Any, down: Any, right: Any) -> Any:
    """Move pictures by up to an eighth of their edge; what is uncovered is 0."""
    for axis, draw in ((1, down), (2, right)):
        edge = pictures.shape[axis]
        reach = int(edge * _TRANSLATION_SHARE + 0.5)
        offset = _whole_steps(draw, -reach, reach)
        # Moving is a matrix: row i takes row i − offset, or nothing where there is none.
        place = ops.arange(edge)
        takes = place[None, :, None] - offset[:, None, None] == place[None, None, :]
        matrix = ops.cast(takes, pictures.dtype)
        form = "bij,bjwc->biwc" if axis == 1 else "bij,bhjc->bhic"
        pictures = ops.einsum(form, matrix, pictures)
    return pictures


def cut_out(pictures: Any, top: Any, left: Any) -> Any:
    """Set a square of half the edge to 0; it may reach beyond the border."""
    outside = []
    for axis, draw in ((1, top), (2, left)):
        edge = pictures.shape[axis]
        half = int(edge * _CUTOUT_SHARE + 0.5) // 2
        centre = _whole_steps(draw, 0, edge - 1)
        distance = ops.arange(edge)[None] - centre[:, None]
        outside.append(ops.logical_or(distance < -half, distance >= half))
    kept = ops.logical_or(outside[0][:, :, None], outside[1][:, None, :])
    return pictures * ops.cast(kept, pictures.dtype)[..., None]
