"""Scaling, random crop and flip on the device, inside the training step.

The draw comes from a seed that is a Keras variable, so nothing can freeze the crops and a
resumed Run goes on with the draws that would have been.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from artnb.data.pipeline import normalise
from artnb.training.replicas import own_share, replicas_of_step


def _cubic(distance: np.ndarray) -> np.ndarray:
    """Keys' cubic with a = −0.5, the kernel of Pillow's BICUBIC."""
    d = np.abs(distance)
    near = (1.5 * d - 2.5) * d * d + 1
    far = ((-0.5 * d + 2.5) * d - 4) * d + 2
    return np.where(d < 1, near, np.where(d < 2, far, 0))


def resampling_matrix(from_px: int, to_px: int) -> np.ndarray:
    """Give antialiased bicubic resampling along one axis as a matrix.

    Args:
        from_px: pixels before.
        to_px: pixels after.

    Returns:
        float32 `(to_px, from_px)`, rows summing to 1; applied to both axes it equals Pillow's
        BICUBIC resize up to Pillow's rounding.
    """
    scale = from_px / to_px
    support = max(scale, 1.0)
    centres = (np.arange(to_px) + 0.5) * scale - 0.5
    weights = _cubic((np.arange(from_px)[None] - centres[:, None]) / support)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


class ScaleCropFlip(keras.layers.Layer):
    """Scale pictures, take a random crop of each, mirror half of them.

    Scaling is a matrix product along each axis, so a crop is a choice of rows and a flip
    their order: no picture is gathered pixel by pixel, and every backend and XLA give the same.

    Args:
        from_px: edge of the pictures that come in.
        load_px: edge after scaling.
        crop_px: edge of the crop, at most `load_px`.
        flip: mirror each picture with probability one half.
        seed: of the draws.

    Source: Zhu et al. 2017, the authors' code: load at 286, crop 256, flip.
    """

    def __init__(self, from_px: int, load_px: int, crop_px: int, flip: bool, seed: int) -> None:
        super().__init__(name="scale_crop_flip", dtype="float32")
        self.crop_px = crop_px
        self.flip = flip
        self.largest_offset = load_px - crop_px
        self.matrix = resampling_matrix(from_px, load_px)
        self.random = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, pictures: Any) -> Any:
        """Turn uint8 `(batch, from_px, from_px, 3)` into float `(batch, crop_px, crop_px, 3)`."""
        top, left, mirrored = self.draw(ops.shape(pictures)[0])
        return self.apply(pictures, top, left, mirrored)

    def draw(self, count: int) -> tuple[Any, Any, Any]:
        """Draw the crops' top and left offsets and whether to mirror, int32 `(count,)`."""
        highest = self.largest_offset + 1
        limits = (highest, highest, 2 if self.flip else 1)
        of_batch = count * replicas_of_step()
        top, left, mirrored = (
            own_share(keras.random.randint((of_batch,), 0, limit, seed=self.random))
            for limit in limits
        )
        return top, left, mirrored

    def apply(self, pictures: Any, top: Any, left: Any, mirrored: Any) -> Any:
        """Scale, crop and flip with a given draw; see `call` and `draw` for shapes."""
        matrix = ops.convert_to_tensor(self.matrix)
        along = ops.arange(self.crop_px)
        rows = top[:, None] + along[None]
        mirrored = mirrored[:, None]
        columns = left[:, None] + mirrored * (self.crop_px - 1) + (1 - 2 * mirrored) * along[None]
        pixels = normalise(pictures)
        pixels = ops.einsum("bij,bjwc->biwc", ops.take(matrix, rows, axis=0), pixels)
        pixels = ops.einsum("bij,bhjc->bhic", ops.take(matrix, columns, axis=0), pixels)
        return ops.clip(pixels, -1.0, 1.0)
