"""Haze: what veils dark places, lowers contrast and softens edges."""

import numpy as np
from scipy.ndimage import gaussian_gradient_magnitude, minimum_filter, uniform_filter

from artnb.study.colour import lab_of
from artnb.study.quantity import PictureMeasure, Quantity

_QUESTION = "haze"
# He et al. take 15 px in pictures of about 400 to 600 px.
_DARK_PATCH_PX = 9
_CONTRAST_WINDOW_PX = 17
_FINE_PX, _COARSE_PX = 1.0, 4.0


def dark_channel(picture: np.ndarray) -> np.ndarray:
    """Give the darkest channel of the darkest pixel around each pixel.

    Args:
        picture: uint8 `(height, width, 3)`.

    Returns:
        float `(height, width)` in [0, 1]. Near 0 in clear air; haze lifts it.

    Source: He, Sun and Tang 2009, *Single Image Haze Removal Using Dark Channel Prior*, CVPR,
    equation 5; here with a patch of 9 px in 256.
    """
    return minimum_filter(picture.min(axis=-1), _DARK_PATCH_PX) / 255.0


def local_contrast(lightness: np.ndarray) -> np.ndarray:
    """Give the standard deviation of L* in a window of 17 px around each pixel.

    Source: RMS contrast as in Peli 1990, *Contrast in complex images*, JOSA A 7(10), of L*.
    """
    values = lightness.astype(np.float64)
    mean, square = (uniform_filter(v, _CONTRAST_WINDOW_PX) for v in (values, values**2))
    return np.sqrt(np.maximum(square - mean**2, 0))


def edge_softness(lightness: np.ndarray) -> float:
    """Give how much of the gradients is left after a further blur.

    A sharp edge loses its gradient when it is blurred, a soft one keeps it; contrast plays no
    part, since both gradients are proportional to it.

    Args:
        lightness: float `(height, width)`.

    Returns:
        The root mean square gradient after a blur of 4 px over that after 1 px, in [0, 1]; NaN
        where there is no gradient.
    """
    fine, coarse = (
        np.sqrt(np.square(gaussian_gradient_magnitude(lightness, px)).mean())
        for px in (_FINE_PX, _COARSE_PX)
    )
    return float(coarse / fine) if fine > 1e-6 else np.nan


def haze_numbers(picture: np.ndarray) -> np.ndarray:
    """Give the mean dark channel, the mean local contrast and the softness of edges, `(3,)`.

    Args:
        picture: uint8 `(256, 256, 3)`.
    """
    lightness = lab_of(picture)[..., 0]
    contrast = local_contrast(lightness).mean()
    return np.array([dark_channel(picture).mean(), contrast, edge_softness(lightness)])


HAZE = PictureMeasure(
    name="haze",
    version=1,
    quantities=(
        Quantity("dark channel", _QUESTION, "more veil over dark places", share=True),
        Quantity("local contrast", _QUESTION, "deviation of L* within 17 px: more contrast"),
        Quantity(
            "edge softness", _QUESTION, "gradient left after a blur: softer edges", share=True
        ),
    ),
    of_picture=haze_numbers,
)
