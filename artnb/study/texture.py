"""Texture: haze, the scale of strokes, and their directions."""

import numpy as np
from scipy.ndimage import (
    gaussian_filter,
    gaussian_gradient_magnitude,
    minimum_filter,
    uniform_filter,
)

from artnb.study.colour import lab_of

# He et al. take 15 px in pictures of about 400 to 600 px.
_DARK_PATCH_PX = 9
_CONTRAST_WINDOW_PX = 17
_FINE_PX, _COARSE_PX = 1.0, 4.0
# Cycles across the picture: periods from 32 to 4 px. Above these, JPEG and resizing decide.
_LOWEST, _HIGHEST = 8, 64
_BINS = 12
# Derivatives are taken over one pixel, and agreement is judged within a stroke's length.
_GRADIENT_PX, _STROKE_PX = 1.0, 4.0
# Eddies are looked for at this step, in a ring of radius √2 σ, 17 px, around each point.
_STEP_PX, _EDDY_PX = 4, 12.0
# Where gradients have less than this share of their mean energy, there are no strokes.
_LEAST_ENERGY = 0.1


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


def radial_spectrum(lightness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the power of a square by frequency, whatever the direction.

    Args:
        lightness: float `(size, size)`; its mean is taken off and its borders faded by a Hann
            window, so that they are no edges.

    Returns:
        Frequencies in cycles across the picture, evenly spaced in their logarithm from 8 to
        64, and the mean power around each.
    """
    size = len(lightness)
    window = np.hanning(size)
    faded = (lightness - lightness.mean()) * np.outer(window, window)
    power = np.square(np.abs(np.fft.rfft2(faded)))
    across = np.fft.fftfreq(size, 1 / size)[:, None]
    frequency = np.hypot(across, np.fft.rfftfreq(size, 1 / size)[None])
    edges = np.geomspace(_LOWEST, _HIGHEST, _BINS + 1)
    place = np.digitize(frequency.ravel(), edges)
    sums = np.bincount(place, power.ravel(), _BINS + 2)
    counts = np.bincount(place, minlength=_BINS + 2)
    return np.sqrt(edges[1:] * edges[:-1]), (sums / counts)[1:-1]


def spectrum_slope(picture: np.ndarray) -> np.ndarray:
    """Give the slope of log power over log frequency, `(1,)`; NaN for a picture without detail.

    Args:
        picture: uint8 `(256, 256, 3)`.

    Source: Field 1987, JOSA A 4(12): about −2 for natural scenes. Steeper is smoother or of
    coarser strokes; flatter has more fine detail. Paintings: Graham and Field 2007, *Statistical
    regularities of art images and natural scenes*, Spatial Vision 21(1–2).
    """
    frequency, power = radial_spectrum(lab_of(picture)[..., 0])
    if power.min() < 1e-6:
        return np.array([np.nan])
    slope, _ = np.polyfit(np.log(frequency), np.log(power), 1)
    return np.array([slope])


def squared_gradient(grey: np.ndarray) -> np.ndarray:
    """Give (∂x + i∂y)² of a picture: its angle is twice that of the gradient.

    Doubling makes a stroke's two sides, whose gradients are opposite, agree.

    Args:
        grey: float `(height, width)`.

    Returns:
        complex `(height, width)`.
    """
    dy, dx = (gaussian_filter(grey, _GRADIENT_PX, order) for order in ((1, 0), (0, 1)))
    return (dx + 1j * dy) ** 2


def coherence_map(squared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give where directions agree, and how much there is to agree on.

    Args:
        squared: what `squared_gradient` gives.

    Returns:
        Coherence in [0, 1], (λ₁ − λ₂) / (λ₁ + λ₂) of the structure tensor, and λ₁ + λ₂.

    Source: Bigün and Granlund 1987, *Optimal orientation detection of linear symmetry*, ICCV;
    as (λ₁ − λ₂) / (λ₁ + λ₂) in Jähne, *Digital Image Processing*, section 13.3.
    """
    energy = gaussian_filter(np.abs(squared), _STROKE_PX)
    agreeing = np.abs(gaussian_filter(squared, _STROKE_PX))
    return agreeing / np.maximum(energy, 1e-9), energy


def coherence_of(squared: np.ndarray) -> float:
    """Give the coherence of directions, averaged by the energy of gradients: 0 to 1."""
    coherence, energy = coherence_map(squared)
    return float((coherence * energy).sum() / max(energy.sum(), 1e-9))


def spirality_map(squared: np.ndarray) -> np.ndarray:
    """Give how far directions turn around each point, as in rings and spirals.

    Around the middle of rings the doubled angle of the gradient turns twice while one walks
    around once. Within a ring about each point the squared gradient is compared with that
    pattern, (x + iy)² times a Gaussian, and with one direction. What agrees better with the
    turning pattern than with one direction is kept: parallel strokes, and a lone one, give 0. The
    phase of the answer is 0 for rings and π for rays; what is within 45° of rays is left out.

    Args:
        squared: what `squared_gradient` gives.

    Returns:
        float in [0, 1], a point for every 4 × 4 pixels: 1 in the middle of perfect rings.

    Source: Bigün, Bigün and Nilsson 2004, *Recognition by symmetry derivatives and the
    generalized structure tensor*, IEEE TPAMI 26(12), the filter Γ^{2,σ²}. Taking off what one
    direction explains is ours: a single edge answers to any pattern of directions.
    """
    coarse = gaussian_filter(squared, _STEP_PX / 2)[::_STEP_PX, ::_STEP_PX]
    turning, straight = _compare_in_ring(coarse)
    _, possible = _compare_in_ring(np.abs(coarse))
    spiral = turning.real > -np.sqrt(0.5) * np.abs(turning)
    answer = np.where(spiral, np.abs(turning) - np.abs(straight), 0.0)
    possible = possible.real + _LEAST_ENERGY * possible.real.mean() + 1e-9
    return np.clip(answer / possible, 0, 1)


def _compare_in_ring(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compare what is around each point with (x − iy)² and with x² + y².

    Each is times a Gaussian over σ⁴, and made of its second derivatives: that by x is
    (x² − σ²)/σ⁴ times the Gaussian.
    """
    sigma = _EDDY_PX / _STEP_PX

    def blurred(order: tuple[int, int]) -> np.ndarray:
        return gaussian_filter(values, sigma, order, mode="constant")

    xx, yy, xy = (blurred(order) for order in ((0, 2), (2, 0), (1, 1)))
    return xx - yy - 2j * xy, xx + yy + 2 * blurred((0, 0)) / sigma**2


def spirality_of(squared: np.ndarray) -> float:
    """Give the strongest eddy of a picture: 0 for parallel strokes, 1 for perfect rings."""
    return float(spirality_map(squared).max())
