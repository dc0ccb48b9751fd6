"""Two epochs of an invented art history: what light, what palette, what brush."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from artnb.synthetic.landscapes.noise import pixel_middles, sample_square
from artnb.synthetic.landscapes.plan import code_colour
from artnb.synthetic.landscapes.strokes import (
    FIELD_CELLS,
    Brush,
    canvas_weave,
    paint_layers,
    stroke_directions,
)

# Pictures are made as squares of this width, and cut to their format later.
CANVAS_PX = 336
# Lightness at which the tones of an epoch stand.
_TONES_AT = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Epoch:
    """How an epoch paints.

    Args:
        name: as the table's Style has it.
        years: first and last.
        light: on bodies, where it comes from: right, down, towards the viewer.
        ambient: share of light from all around.
        tones: what is mixed for greys from black to white, codes.
        gamma: above 1 paints darker than what is seen.
        chroma: share of the natural colours that is kept, of red, green and blue.
        dark_edges: how much the light falls off towards the edges, 0 to 1.
        grounds: behind figures, codes.
        brushes: the layers of paint, from coarse to fine.
        craquelure: how visible the cracks of age are.
    """

    name: str
    years: tuple[int, int]
    light: tuple[float, float, float]
    ambient: float
    tones: tuple[str, str, str, str, str]
    gamma: float
    chroma: tuple[float, float, float]
    dark_edges: float
    grounds: tuple[str, ...]
    brushes: tuple[Brush, ...]
    craquelure: float


BAROQUE = Epoch(
    name="Baroque",
    years=(1602, 1718),
    light=(-0.75, -0.55, 0.5),
    ambient=0.2,
    tones=("#140d09", "#4f3722", "#94703f", "#d0ab6c", "#f6e6bd"),
    gamma=1.12,
    chroma=(0.75, 0.6, 0.5),
    dark_edges=0.6,
    grounds=("#54402a", "#473a2c", "#5a4a2c", "#4a4a3e", "#3a2e24"),
    brushes=(
        Brush(0.026, 0.09, 0.026, 0.7, 0.012, 0.05, 0.5),
        Brush(0.010, 0.035, 0.0105, 0.0, 0.02, 0.05, 0.35),
    ),
    craquelure=0.05,
)
REALISM = Epoch(
    name="Realism",
    years=(1838, 1889),
    light=(-0.4, -0.6, 0.8),
    ambient=0.42,
    tones=("#23231f", "#575a4a", "#8f8f78", "#c3c1ae", "#eeeee6"),
    gamma=1.0,
    chroma=(0.72, 0.8, 0.7),
    dark_edges=0.15,
    grounds=("#8c8a78", "#a29c86", "#76806f", "#8d929a", "#6f6a58"),
    brushes=(
        Brush(0.042, 0.11, 0.039, 1.0, 0.0, 0.09, 0.9),
        Brush(0.016, 0.05, 0.0150, 0.1, 0.03, 0.08, 0.8),
    ),
    craquelure=0.0,
)
EPOCHS = (BAROQUE, REALISM)


def some_colour(codes: tuple[str, ...], generator: Generator) -> np.ndarray:
    """Choose a colour, and mix it a little lighter or darker."""
    chosen = code_colour(codes[generator.integers(len(codes))])
    return chosen * np.float32(generator.uniform(0.93, 1.05))


def backdrop(epoch: Epoch, generator: Generator) -> np.ndarray:
    """See a wall, lighter where the light does not come from, as painters have it.

    Returns:
        float32 `(n, n, 3)`, display values.
    """
    grid = pixel_middles(CANVAS_PX)
    cloudy = sample_square("cloud", grid / 3, generator.uniform(0.0, 1.0, 2))
    rise, fall = generator.uniform(0.2, 0.7), generator.uniform(0.0, 0.4)
    glow = 1.05 + rise * (grid[None, :] - 0.5) + 0.09 * cloudy - fall * (grid[:, None] - 0.5)
    return some_colour(epoch.grounds, generator) * glow[..., None]


def paint(seen: np.ndarray, epoch: Epoch, generator: Generator) -> np.ndarray:
    """Paint what is seen as an epoch does.

    Args:
        seen: float32 `(n, n, 3)`, natural colours in [0, 1].
        epoch: its palette and its brushes.

    Returns:
        float32 `(n, n, 3)`, mostly in [0, 1].
    """
    target = in_palette(seen, epoch) * _falling_light(len(seen), epoch.dark_edges, generator)
    directions = stroke_directions(target, _lean(generator))
    ground = target.astype(np.float32)
    painted = paint_layers(ground, target, directions, epoch.brushes, generator, relief=0.10)
    return painted * _surface(len(seen), epoch.craquelure, generator)[..., None]


def in_palette(seen: np.ndarray, epoch: Epoch) -> np.ndarray:
    """Translate natural colours into an epoch's palette; the order of lightness stays."""
    lightness = seen @ np.array((0.30, 0.59, 0.11), np.float32)
    tones = np.stack([code_colour(code) for code in epoch.tones])
    darker = np.clip(lightness, 0.0, 1.0) ** epoch.gamma
    mixed = [np.interp(darker, _TONES_AT, tones[:, band]) for band in range(3)]
    chroma = (seen - lightness[..., None]) * np.array(epoch.chroma, np.float32)
    return (np.stack(mixed, axis=-1) + chroma).astype(np.float32)


def _falling_light(size_px: int, much: float, generator: Generator) -> np.ndarray:
    """Darken the edges, around a middle that lies a little towards the light."""
    along = pixel_middles(size_px)
    middle = generator.uniform(0.38, 0.5, 2)
    away = np.hypot(along[None, :] - middle[0], along[:, None] - middle[1])
    return (1.0 - much * np.clip((away - 0.18) / 0.6, 0.0, 1.0) ** 1.2)[..., None]


def _lean(generator: Generator) -> np.ndarray:
    """Give the directions of strokes where the picture is flat: they drift."""
    offset = generator.uniform(0.0, 1.0, 2)
    angle = 0.9 * sample_square("smooth", pixel_middles(FIELD_CELLS) / 5.0, offset)
    doubled = np.stack([np.cos(2.0 * angle), np.sin(2.0 * angle)], axis=-1)
    return (0.0015 * doubled).astype(np.float32)


def _surface(size_px: int, craquelure: float, generator: Generator) -> np.ndarray:
    """Give the weave of the canvas, and the cracks of age."""
    places = np.arange(size_px, dtype=np.float32) / 700.0
    ridges = sample_square("rough", places, generator.uniform(0.0, 1.0, 2))
    cracks = np.exp(-np.square(ridges / 0.06))
    return canvas_weave(size_px) - craquelure * cracks
