"""The directions of strokes: how much they agree, and whether they turn around points."""

import numpy as np
from scipy.ndimage import gaussian_filter

# Derivatives are taken over one pixel, and agreement is judged within a stroke's length.
_GRADIENT_PX, _STROKE_PX = 1.0, 4.0
# Eddies are looked for at this step, in a ring of radius √2 σ, 17 px, around each point.
_STEP_PX, _EDDY_PX = 4, 12.0
# Where gradients have less than this share of their mean energy, there are no strokes.
_LEAST_ENERGY = 0.1


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
