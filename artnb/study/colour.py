"""Colours as people see them: CIELAB, the palette of a picture, and a set's main colours."""

from dataclasses import dataclass

import numpy as np

# sRGB to XYZ, IEC 61966-2-1; its rows sum to the white point D65.
_XYZ = np.float32([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_LEVELS = np.arange(256) / 255.0
_LINEAR = np.float32(
    np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
)
# Less colourful is grey, and its hue says nothing.
LEAST_CHROMA = 10.0
# Every so many pixels one is kept as a sample: 16 × 16 of each picture.
_STEP_PX = 16
# More pixels than these move the clusters' centres by less than an eye can tell.
_MOST_SAMPLES = 10_000


def lab_of(pictures: np.ndarray) -> np.ndarray:
    """Give CIELAB values under D65.

    Args:
        pictures: uint8 sRGB `(..., 3)`.

    Returns:
        float32 `(..., 3)`: L* in [0, 100], a* and b*.

    Source: CIE 15:2004, section 8.2.1; sRGB as in IEC 61966-2-1.
    """
    relative = _LINEAR[pictures] @ (_XYZ / _XYZ.sum(axis=1, keepdims=True)).T
    epsilon, kappa = (6 / 29) ** 3, (29 / 3) ** 3
    f = np.where(relative > epsilon, np.cbrt(relative), (kappa * relative + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def rgb_of(lab: np.ndarray) -> np.ndarray:
    """Give the uint8 sRGB nearest to CIELAB values; what a screen cannot show is clipped."""
    lab = np.asarray(lab, np.float64)
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    relative = np.where(f > 6 / 29, f**3, (116 * f - 16) * (3 / 29) ** 3)
    linear = np.clip((relative * _XYZ.sum(axis=1)) @ np.linalg.inv(_XYZ).T, 0, 1)
    levels = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * levels).astype(np.uint8)


def chroma_of(lab: np.ndarray) -> np.ndarray:
    """Give the chroma C*, the distance from grey."""
    return np.hypot(lab[..., 1], lab[..., 2])


def hue_of(lab: np.ndarray) -> np.ndarray:
    """Give the hue angle, degrees in [0, 360): red near 40, green near 135, blue near 280."""
    return np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360


def colour_regions(lab: np.ndarray) -> dict[str, np.ndarray]:
    """Say which colours people would call brown, green and blue.

    Brown is orange that is dark and not vivid; green and blue are ranges of hue; grey is none.

    Args:
        lab: float `(..., 3)`.

    Returns:
        bool `(...)` for `"brown"`, `"green"` and `"blue"`.

    Source: bounds drawn around the colours that people called so in the XKCD colour survey of
    2010 (949 names, as in matplotlib): 78 % of its browns, 98 % of its greens and 92 % of its
    blues lie within. Ochres lighter than L* 65 are called tan, beige or sand there.
    """
    lightness, chroma, hue = lab[..., 0], chroma_of(lab), hue_of(lab)
    coloured = chroma >= LEAST_CHROMA
    dark_and_calm = (lightness < 65) & (chroma <= 65)
    return {
        "brown": coloured & dark_and_calm & (hue >= 40) & (hue < 100),
        "green": coloured & (hue >= 105) & (hue < 170),
        "blue": coloured & (hue >= 190) & (hue < 310),
    }


def palette_numbers(picture: np.ndarray) -> np.ndarray:
    """Give mean lightness, redness and warmth, and the shares of brown, green and blue.

    Args:
        picture: uint8 `(256, 256, 3)`.

    Returns:
        `(6,)`: the means of L*, a* and b*, and three shares of all pixels.
    """
    lab = lab_of(picture)
    shares = [region.mean() for region in colour_regions(lab).values()]
    return np.array([*lab.mean(axis=(0, 1)), *shares])


def saturation_numbers(picture: np.ndarray) -> np.ndarray:
    """Give the mean chroma of a picture, and its 90th and 99th percentile."""
    chroma = chroma_of(lab_of(picture))
    return np.array([chroma.mean(), *np.percentile(chroma, (90, 99))])


def colour_samples(picture: np.ndarray) -> np.ndarray:
    """Give the CIELAB values of 256 pixels on a regular grid, `(768,)`."""
    middle = _STEP_PX // 2
    return lab_of(picture[middle::_STEP_PX, middle::_STEP_PX]).ravel()


@dataclass(frozen=True)
class MainColours:
    """The main colours of a set of pictures.

    Args:
        rgb: uint8 `(colours, 3)`, from dark to light.
        shares: `(colours,)`, of the set's pixels; they sum to 1.
    """

    rgb: np.ndarray
    shares: np.ndarray


def find_main_colours(samples: np.ndarray, colours: int = 8, seed: int = 0) -> MainColours:
    """Find the main colours of a set, as the centres of clusters in CIELAB.

    Args:
        samples: `(n, 768)`, what `colour_samples` gives for each picture.
        colours: how many; fewer where the pictures have fewer.
        seed: of the clusters' beginning and of the pixels that are taken where there are many.
    """
    from sklearn.cluster import KMeans

    pixels = np.asarray(samples, np.float64).reshape(-1, 3)
    if len(pixels) > _MOST_SAMPLES:
        rng = np.random.default_rng(seed)
        pixels = pixels[rng.choice(len(pixels), _MOST_SAMPLES, replace=False)]
    colours = min(colours, len(np.unique(pixels.round(1), axis=0)))
    clusters = KMeans(colours, n_init=2, random_state=seed).fit(pixels)
    shares = np.bincount(clusters.labels_, minlength=colours) / len(pixels)
    order = np.argsort(clusters.cluster_centers_[:, 0])
    return MainColours(rgb_of(clusters.cluster_centers_[order]), shares[order])
