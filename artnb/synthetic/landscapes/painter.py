"""The invented painter: a palette of rose, ochre, turquoise and violet, and a firm brush."""

import numpy as np

from artnb.synthetic.landscapes.noise import part_generator, pixel_middles, sample_square
from artnb.synthetic.landscapes.photo import SKY_DISTANCE, Scene, as_bytes, render_scene, shrunken
from artnb.synthetic.landscapes.strokes import (
    FIELD_CELLS,
    Brush,
    canvas_weave,
    paint_layers,
    shrink_plane,
    stroke_directions,
)

# What the painter mixes for a grey of each lightness, from black to white.
TONES_AT = (0.0, 0.18, 0.35, 0.5, 0.65, 0.8, 0.92, 1.0)
TONES = np.array(
    [
        (34, 24, 72),
        (70, 54, 114),
        (138, 102, 124),
        (198, 154, 128),
        (226, 182, 138),
        (240, 205, 158),
        (252, 233, 198),
        (255, 250, 232),
    ],
    np.float32,
) / np.float32(255.0)
# How much more red than blue, more blue than red and more green than both shift that
# mixture, in R, G and B.
WARM_SHIFT = np.array([0.30, -0.04, -0.42], np.float32)
COOL_SHIFT = np.array([-0.80, 0.16, 0.20], np.float32)
GREEN_SHIFT = np.array([0.34, 0.34, -0.72], np.float32)
VEIL = np.array([236, 208, 196], np.float32) / np.float32(255.0)

BRUSHES = (
    Brush(0.058, 0.20, 0.044, 1.0, 0.0, 0.08, 0.8),
    Brush(0.034, 0.12, 0.026, 0.35, 0.022, 0.06, 1.0),
    Brush(0.017, 0.06, 0.0135, 0.05, 0.032, 0.07, 0.9),
    Brush(0.010, 0.036, 0.0095, 0.0, 0.055, 0.09, 0.7),
)


def render_painting(seed: int, size_px: int = 128) -> np.ndarray:
    """Paint the scene of a seed, as the invented painter sees it.

    Args:
        seed: Non-negative integer.
        size_px: Width and height of the picture, at least 32.

    Returns:
        uint8 array of shape (size_px, size_px, 3), RGB, values 0 to 255.
    """
    return as_bytes(paint_scene(render_scene(seed, size_px)))


def paint_scene(scene: Scene) -> np.ndarray:
    """Paint a scene that was rendered before.

    Args:
        scene: The scene at twice the picture's size.

    Returns:
        float32 array of shape (size, size, 3), display values, mostly 0 to 1.
    """
    generator = part_generator(scene.plan.seed, "brush")
    target = painters_colours(scene.colour, scene.distance)
    directions = stroke_directions(scene.colour, _lean(scene))
    painted = paint_layers(_ground(target), target, directions, BRUSHES, generator, relief=0.16)
    return shrunken(painted) * canvas_weave(len(target) // 2)[..., None]


def painters_colours(colour: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Translate natural colours into the painter's palette.

    Lightness keeps its order: greys run from violet through rose to cream.  Blues turn
    to turquoise, greens to olive and gold, and what is far is veiled in pale rose.

    Args:
        colour: float32 array of shape (n, n, 3), display values 0 to 1.
        distance: float32 array of shape (n, n), distances in the scene.

    Returns:
        float32 array of shape (n, n, 3), display values, mostly 0 to 1.
    """
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    lightness = 0.30 * red + 0.59 * green + 0.11 * blue
    warm, cool = np.maximum(red - blue, 0.0), np.maximum(blue - red, 0.0)
    greenness = green - 0.5 * (red + blue)
    veil = 0.24 * (1.0 - np.exp(-distance / 26.0)) * (distance < SKY_DISTANCE)
    bands = []
    for band in range(3):
        paint = np.interp(lightness, TONES_AT, TONES[:, band]).astype(np.float32)
        paint += WARM_SHIFT[band] * warm + COOL_SHIFT[band] * cool
        paint += GREEN_SHIFT[band] * greenness
        bands.append(paint + (VEIL[band] - paint) * veil)
    return np.stack(bands, axis=-1)


def _lean(scene: Scene) -> np.ndarray:
    """Directions for flat places: water lies level, the sky drifts, the land rolls."""
    drift = sample_square("smooth", pixel_middles(FIELD_CELLS) / 6.0, scene.plan.offsets[0])
    water = shrink_plane(scene.water, FIELD_CELLS)
    sky = shrink_plane(scene.distance >= SKY_DISTANCE, FIELD_CELLS)
    angle = drift * (0.9 - 0.85 * water - 0.3 * sky)
    firmness = 0.0011 + 0.006 * water
    doubled = np.stack([np.cos(2.0 * angle), np.sin(2.0 * angle)], axis=-1)
    return (doubled * firmness[..., None]).astype(np.float32)


def _ground(target: np.ndarray) -> np.ndarray:
    """The primed canvas: a thin wash of the colours to come over warm rose."""
    primer = np.array([0.80, 0.60, 0.52], np.float32)
    return 0.75 * target + 0.25 * primer
