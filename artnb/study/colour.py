"""Colours as people see them: CIELAB, and where brown, green and blue lie in it."""

import numpy as np

# sRGB to XYZ, IEC 61966-2-1; its rows sum to the white point D65.
_XYZ = np.float32(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
)
_LEVELS = np.arange(256) / 255.0
_LINEAR = np.float32(
    np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
)
# Less colourful is grey, and its hue says nothing.
LEAST_CHROMA = 10.0


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
