"""Colours: a photo takes on a painting's, or a painting keeps its photo's."""

import numpy as np
from PIL import Image

# Added to the covariances: a grey picture has no spread along two of three directions.
_LEAST_VARIANCE = 1e-5


def match_colours(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Move a picture's colours until their mean and covariance are those of another.

    Of all linear maps that do so, this is the one that moves colours least.

    Args:
        picture: float32 `(..., 3)`.
        reference: float32 `(..., 3)` in the same range.

    Source: Pitié and Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping for
        example-based colour transfer", section 3.
    """
    colours, wanted = (x.reshape(-1, 3).astype(np.float64) for x in (picture, reference))
    have, want = (np.cov(x.T) + _LEAST_VARIANCE * np.eye(3) for x in (colours, wanted))
    root, inverse = _power(have, 0.5), _power(have, -0.5)
    move = inverse @ _power(root @ want @ root, 0.5) @ inverse
    moved = (colours - colours.mean(axis=0)) @ move + wanted.mean(axis=0)
    return moved.reshape(picture.shape).astype(np.float32)


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
