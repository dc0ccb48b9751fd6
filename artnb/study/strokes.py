"""The scale of strokes: how fast the power spectrum falls from coarse to fine."""

import numpy as np

from artnb.study.colour import lab_of
from artnb.study.quantity import PictureMeasure, Quantity

# Cycles across the picture: periods from 32 to 4 px. Above these, JPEG and resizing decide.
_LOWEST, _HIGHEST = 8, 64
_BINS = 12


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


STROKES = PictureMeasure(
    name="strokes",
    version=1,
    quantities=(Quantity("spectrum slope", "strokes", "flatter: more fine detail"),),
    of_picture=spectrum_slope,
)
