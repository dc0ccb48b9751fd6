"""Nets over a picture, such as transposed convolutions leave: peaks of the spectrum."""

import numpy as np

from artnb.study.colour import lab_of

# Pixels. What a network doubles in its last steps repeats with these periods.
STRIDES = (2, 4, 8, 16)
# Cycles across the picture between a peak and what it is compared with: a Hann window spreads a
# peak over two, and beyond seven the spectrum itself is another.
_NEAREST, _FARTHEST = 3, 7
_SMALLEST_PX = 64
# No picture of 8 bits has less noise; a plain one would have nothing but rounding.
_NOISE = 1e-3


def grid_numbers(picture: np.ndarray) -> np.ndarray:
    """Give how far a net of period 2, 4, 8 or 16 px stands out of a picture's detail, `(1,)`.

    Along rows, and along columns, the power at each period is compared with the stronger one of
    its neighbours on either side, as the logarithm of their ratio; the largest of the eight
    counts. It is 0 where none stands out and 1 where a net has e times their power.

    Args:
        picture: uint8 `(height, width, 3)` as it was painted: resizing would move the periods.

    Returns:
        0 or more; NaN below 64 px.

    Source: the nets are those of Odena, Dumoulin and Olah 2016, *Deconvolution and Checkerboard
    Artifacts*, Distill; peaks in spectra as in Zhang, Karaman and Chang 2019, *Detecting and
    Simulating Artifacts in GAN Fake Images*, WIFS.
    """
    if min(picture.shape[:2]) < _SMALLEST_PX:
        return np.array([np.nan])
    height, width = (edge - edge % max(STRIDES) for edge in picture.shape[:2])
    lightness = lab_of(picture[:height, :width])[..., 0].astype(np.float64)
    peaks = [_peak(lines, stride) for lines in (lightness, lightness.T) for stride in STRIDES]
    return np.array([max(0.0, *peaks)])


def _peak(lines: np.ndarray, stride: int) -> float:
    """Compare the power at a period with that at its neighbours, over all lines together."""
    power, place = _power(lines), lines.shape[1] // stride
    steps = np.arange(_NEAREST, _FARTHEST + 1)
    sides = [side[(side > 0) & (side < len(power))] for side in (place - steps, place + steps)]
    return float(power[place] - max(np.median(power[side]) for side in sides if len(side)))


def _power(lines: np.ndarray) -> np.ndarray:
    """Give the logarithm of the mean power of lines by frequency."""
    length = lines.shape[1]
    window = np.hanning(length + 1)[:-1]
    faded = (lines - lines.mean(axis=1, keepdims=True)) * window
    power = np.square(np.abs(np.fft.rfft(faded, axis=1))).mean(axis=0)
    return np.log(power + _NOISE * length)
