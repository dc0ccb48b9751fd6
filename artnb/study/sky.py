"""Skies: their texture in the upper third of a picture, and clouds where a sky is found."""

from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter, label

from artnb.study.colour import LEAST_CHROMA, chroma_of, colour_regions, hue_of, lab_of
from artnb.study.texture import coherence_of, spirality_of, squared_gradient

# Blurs whose differences are an octave each; such a difference answers most to periods of
# 6.5 σ, and the finest takes all that is finer.
_BLURS_PX = (1.0, 2.0, 4.0, 8.0, 16.0)
GRAIN_PERIODS_PX = tuple(round(3.3 * blur) for blur in _BLURS_PX)
# Sky is looked for in means over so many pixels, so that strokes do not tear it apart.
_BLOCK_PX = 4
_LEAST_SKY = 0.05
# Painted skies are greener than real ones; leaves have a hue below this.
_TEAL = 150


def grain_by_octave(lightness: np.ndarray) -> np.ndarray:
    """Say how a texture's energy is shared among scales.

    Args:
        lightness: float `(height, width)`.

    Returns:
        `(5,)` shares that sum to 1, from periods of 3 px to those of 53 px, an octave each;
        equal shares where there is no texture at all.
    """
    blurred = [lightness, *(gaussian_filter(lightness, blur) for blur in _BLURS_PX)]
    energies = np.array([(a - b).var() for a, b in pairwise(blurred)])
    total = energies.sum()
    return energies / total if total > 1e-6 else np.full(len(energies), 1 / len(energies))


def upper_third(picture: np.ndarray) -> np.ndarray:
    """Give the part of a picture where a sky is likely; of `(256, …)` the first 85 rows."""
    return picture[: len(picture) // 3]


def sky_texture_numbers(picture: np.ndarray) -> np.ndarray:
    """Give coherence, spirality, fine grain and grain by octave of the upper third.

    The upper third is taken as it is. A mask of smooth or blue pixels would leave out just those
    painted skies whose texture is in question; but where trees or heads reach up, they count.

    Args:
        picture: uint8 `(256, 256, 3)`.

    Returns:
        `(8,)`.
    """
    lightness = lab_of(upper_third(picture))[..., 0]
    squared = squared_gradient(lightness)
    octaves = grain_by_octave(lightness)
    return np.array([coherence_of(squared), spirality_of(squared), octaves[:2].sum(), *octaves])


def sky_mask(picture: np.ndarray) -> np.ndarray:
    """Find the sky: what hangs together with the upper edge and is cool, or light and no land.

    Cool is blue or teal; land is brown, or green and not light.

    Its limits: dark grey or deep orange skies are missed, and snow, water, light walls that
    reach up to the sky are taken for it.

    Args:
        picture: uint8 `(256, 256, 3)`.

    Returns:
        bool `(256, 256)`.
    """
    blocks = len(picture) // _BLOCK_PX
    lab = lab_of(picture).reshape(blocks, _BLOCK_PX, blocks, _BLOCK_PX, 3).mean(axis=(1, 3))
    regions, hue = colour_regions(lab), hue_of(lab)
    cool = (chroma_of(lab) >= LEAST_CHROMA) & (hue >= _TEAL) & (hue < 310)
    land = regions["brown"] | (regions["green"] & ~cool & (lab[..., 0] < 65))
    light = lab[..., 0] > lab[..., 0].mean()
    parts, _ = label(cool | (light & ~land))
    above = np.unique(parts[0])
    found = np.isin(parts, above[above > 0])
    return found.repeat(_BLOCK_PX, axis=0).repeat(_BLOCK_PX, axis=1)


def sky_numbers(picture: np.ndarray) -> np.ndarray:
    """Give the share of sky, and its lightness, chroma, contrast and share of clouds.

    Clouds are what is grey or white in it: chroma below 10.

    Args:
        picture: uint8 `(256, 256, 3)`.

    Returns:
        `(5,)`; where less than a twentieth of a picture is sky, all but the first are NaN.
    """
    mask = sky_mask(picture)
    if mask.mean() < _LEAST_SKY:
        return np.array([mask.mean(), *[np.nan] * 4])
    lab = lab_of(picture)[mask]
    lightness, chroma = lab[:, 0], chroma_of(lab)
    clouds = (chroma < LEAST_CHROMA).mean()
    return np.array([mask.mean(), lightness.mean(), chroma.mean(), lightness.std(), clouds])
