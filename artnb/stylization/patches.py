"""Style without any weights: the small patches of a picture become those of a painting.

Source: Elnekave and Weiss 2022, arXiv 2203.02823: the sliced Wasserstein distance between the
distributions of patches, scale by scale. Deviations: directions are taken in turn from a few sets
drawn once; what a picture shows is held by its blurred self, not by where it begins alone.
"""

from functools import cached_property
from typing import Any

import numpy as np
from keras import ops

from artnb.stylization.differentiation import compiled, value_and_gradients
from artnb.stylization.losses import quantiles
from artnb.stylization.objective import Region

_PATCH_PX = 7
_DIRECTIONS = 48
_SETS = 8
_CONTENT = 1.0
# Details below about twice this many pixels are the painting's.
_BLUR_SIGMA_PX = 4.0


class PatchObjective:
    """The loss of a picture's patches against a painting's; the same use as `Objective`.

    Args:
        strength: of the style against what the photo shows.
        seed: of the directions.
    """

    def __init__(self, strength: float = 1.0, seed: int = 0) -> None:
        self.content_weight = _CONTENT / strength
        shape = (_SETS, _PATCH_PX, _PATCH_PX, 3, _DIRECTIONS)
        drawn = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
        self.directions = drawn / np.sqrt((drawn**2).sum(axis=(1, 2, 3), keepdims=True))

    def targets(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Keep what a picture shall come close to; see `Objective.targets`."""
        return {
            "content": blurred(ops.convert_to_tensor(photo)),
            "paintings": [ops.convert_to_tensor(region.painting) for region in regions],
            "shares": [np.float32(region.share) for region in regions],
        }

    def __call__(self, picture: Any, targets: dict[str, Any], kernels: Any) -> Any:
        """Give the loss, a scalar, along some directions; see `Objective`."""
        found = _sorted(picture, kernels)
        style = sum(
            share * ops.mean(ops.abs(found - quantiles(_sorted(p, kernels), found.shape[0])))
            for p, share in zip(targets["paintings"], targets["shares"], strict=True)
        )
        content = ops.mean(ops.square(blurred(picture) - targets["content"]))
        return style + self.content_weight * content

    def gradient(self, picture: Any, targets: dict[str, Any], step: int = 0) -> tuple[Any, Any]:
        """Give the loss and its gradient by the picture, along the directions of a step."""
        return self._compiled_gradient(picture, targets, self.directions[step % _SETS])

    @cached_property
    def _compiled_gradient(self) -> Any:
        return compiled(lambda picture, t, k: value_and_gradients(lambda x: self(x, t, k), picture))


def _sorted(pictures: Any, kernels: Any) -> Any:
    """Give all patches' places along each direction in rising order, `(patches, directions)`."""
    along = ops.conv(pictures, kernels, padding="valid")
    return ops.sort(ops.reshape(along, (-1, _DIRECTIONS)), axis=0)


def blurred(pictures: Any) -> Any:
    """Blur `(batch, height, width, 3)` by a Gaussian, along one axis after the other."""
    reach = int(3 * _BLUR_SIGMA_PX)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _BLUR_SIGMA_PX) ** 2).astype(np.float32)
    bell /= bell.sum()
    for shape in ((-1, 1, 1, 1), (1, -1, 1, 1)):
        kernel = np.tile(bell.reshape(shape), (1, 1, 3, 1))
        pictures = ops.depthwise_conv(pictures, kernel, padding="same")
    return pictures
