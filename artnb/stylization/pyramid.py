"""Laplacian pyramids: a picture as the sum of its scales, each with variables of its own.

One step of an optimizer changes every pixel by about as much. On pixels alone that is grain; on a
pyramid it moves whole areas and their edges as well.

Source: Burt and Adelson 1983; as variables of style transfer: Kolkin et al. 2019,
arXiv 1904.12785, section 2.
"""

from typing import Any

from keras import ops


def resize(pictures: Any, size: tuple[int, int]) -> Any:
    """Resize `(batch, height, width, channels)` bilinearly; what shrinks is smoothed first."""
    height, width = pictures.shape[1:3]
    if (height, width) == tuple(size):
        return pictures
    shrinks = size[0] < height or size[1] < width
    return ops.image.resize(pictures, size, interpolation="bilinear", antialias=shrinks)


def split(pictures: Any, levels: int) -> list[Any]:
    """Take pictures apart into details, finest first, and what is left at the coarsest scale.

    Args:
        pictures: float32 `(batch, height, width, channels)`.
        levels: at most so many arrays; fewer where sides would shrink below 4 px.
    """
    found = []
    while len(found) < levels - 1 and min(pictures.shape[1:3]) >= 8:
        height, width = pictures.shape[1:3]
        coarser = resize(pictures, (-(-height // 2), -(-width // 2)))
        found.append(pictures - resize(coarser, (height, width)))
        pictures = coarser
    return [*found, pictures]


def join(levels: list[Any]) -> Any:
    """Put a picture together again; the inverse of `split`."""
    *details, pictures = levels
    for detail in reversed(details):
        pictures = detail + resize(pictures, detail.shape[1:3])
    return pictures
