"""Colours: a photo takes on a painting's, or a painting keeps its photo's."""

import numpy as np
from PIL import Image

# Added to the covariances: a grey picture has no spread along two of three directions.
_LEAST_VARIANCE = 1e-5
_AT_ONCE = 1_000_000


def match_colours(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Move a picture's colours until their mean and covariance are those of another.

    Of all linear maps that do so, this is the one that moves colours least.

    Args:
        picture: float32 `(..., 3)`.
        reference: float32 `(..., 3)` in the same range.

    Source: Pitié and Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping for
        example-based colour transfer", section 3.
    """
    colours, wanted = (
        x.reshape(-1, 3).astype(np.float32, copy=False) for x in (picture, reference)
    )
    (mean, have), (wanted_mean, want) = _spread(colours), _spread(wanted)
    root, inverse = _power(have, 0.5), _power(have, -0.5)
    move = inverse @ _power(root @ want @ root, 0.5) @ inverse
    # In place: a large picture is there once more, and no oftener.
    moved = (colours - mean.astype(np.float32)) @ move.astype(np.float32)
    moved += wanted_mean.astype(np.float32)
    return moved.reshape(picture.shape)


def _spread(colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean and covariance of `(pixels, 3)` in float64, a million pixels at a time."""
    mean = colours.mean(axis=0, dtype=np.float64)
    parts = np.array_split(colours, len(colours) // _AT_ONCE + 1)
    products = sum((part - mean).T @ (part - mean) for part in parts)
    return mean, products / max(len(colours) - 1, 1) + _LEAST_VARIANCE * np.eye(3)


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Raise a symmetric positive matrix to a power."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T


def with_colours_of(painting: Image.Image, photo: Image.Image) -> Image.Image:
    """Give the painting's light and dark in the photo's colours; both RGB of one size.

    Source: Gatys et al. 2016, arXiv 1606.05897, "luminance-only transfer".
    """
    light = painting.convert("YCbCr").getchannel(0)
    _, blue, red = photo.convert("YCbCr").split()
    return Image.merge("YCbCr", (light, blue, red)).convert("RGB")
