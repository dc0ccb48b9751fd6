"""Two epochs of an invented art history: what light, what palette, what brush."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from artnb.synthetic.landscapes.noise import noise_tile, sample_nearest, sample_smoothly
from artnb.synthetic.landscapes.strokes import (
    FIELD_CELLS,
    Brush,
    Canvas,
    lay_strokes,
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


def code_colour(code: str) -> np.ndarray:
    """Turn a code such as `"#8fb04a"` into float32 `(3,)` in [0, 1]."""
    channels = [int(code[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
    return np.array(channels, np.float32)


def some_colour(codes: tuple[str, ...], generator: np.random.Generator) -> np.ndarray:
    """Choose a colour, and mix it a little lighter or darker."""
    chosen = code_colour(codes[generator.integers(len(codes))])
    return chosen * np.float32(generator.uniform(0.93, 1.05))


def wall(epoch: Epoch, generator: np.random.Generator) -> np.ndarray:
    """See a wall, lighter where the light does not come from, as painters have it.

    Returns:
        float32 `(n, n, 3)`, display values.
    """
    grid = (np.arange(CANVAS_PX, dtype=np.float32) + 0.5) / CANVAS_PX
    offset = generator.uniform(0.0, 1.0, 2)
    cloudy = sample_smoothly(
        noise_tile("cloud"), grid[None, :] / 3 + offset[0], grid[:, None] / 3 + offset[1]
    )
    rise, fall = generator.uniform(0.2, 0.7), generator.uniform(0.0, 0.4)
    glow = 1.05 + rise * (grid[None, :] - 0.5) + 0.09 * cloudy - fall * (grid[:, None] - 0.5)
    return some_colour(epoch.grounds, generator) * glow[..., None]


def paint(seen: np.ndarray, epoch: Epoch, generator: np.random.Generator) -> np.ndarray:
    """Paint what is seen as an epoch does.

    Args:
        seen: float32 `(n, n, 3)`, natural colours in [0, 1].
        epoch: its palette and its brushes.
        generator: of the hand's randomness.

    Returns:
        float32 `(n, n, 3)`, mostly in [0, 1].
    """
    target = in_palette(seen, epoch) * _falling_light(len(seen), epoch.dark_edges, generator)
    canvas = Canvas(target.astype(np.float32), np.zeros(seen.shape[:2], np.float32))
    directions = stroke_directions(target, _lean(generator))
    for brush in epoch.brushes:
        lay_strokes(canvas, target, directions, brush, generator)
    painted = canvas.colour * _relief(canvas.thickness)[..., None]
    return painted * _surface(len(seen), epoch.craquelure, generator)[..., None]


def in_palette(seen: np.ndarray, epoch: Epoch) -> np.ndarray:
    """Translate natural colours into an epoch's palette; the order of lightness stays."""
    lightness = seen @ np.array((0.30, 0.59, 0.11), np.float32)
    tones = np.stack([code_colour(code) for code in epoch.tones])
    darker = np.clip(lightness, 0.0, 1.0) ** epoch.gamma
    mixed = [np.interp(darker, _TONES_AT, tones[:, band]) for band in range(3)]
    chroma = (seen - lightness[..., None]) * np.array(epoch.chroma, np.float32)
    return (np.stack(mixed, axis=-1) + chroma).astype(np.float32)


def _falling_light(size_px: int, much: float, generator: np.random.Generator) -> np.ndarray:
    """Darken the edges, around a middle that lies a little towards the light."""
    along = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px
    middle = generator.uniform(0.38, 0.5, 2)
    away = np.hypot(along[None, :] - middle[0], along[:, None] - middle[1])
    return (1.0 - much * np.clip((away - 0.18) / 0.6, 0.0, 1.0) ** 1.2)[..., None]


def _lean(generator: np.random.Generator) -> np.ndarray:
    """Give the directions of strokes where the picture is flat: they drift."""
    grid = (np.arange(FIELD_CELLS, dtype=np.float32) + 0.5) / FIELD_CELLS / 5.0
    offset = generator.uniform(0.0, 1.0, 2)
    angle = 0.9 * sample_smoothly(
        noise_tile("smooth"), grid[None, :] + offset[0], grid[:, None] + offset[1]
    )
    doubled = np.stack([np.cos(2.0 * angle), np.sin(2.0 * angle)], axis=-1)
    return (0.0015 * doubled).astype(np.float32)


def _relief(thickness: np.ndarray) -> np.ndarray:
    """Let light from the upper left catch the ridges of the paint."""
    steps = np.zeros_like(thickness)
    steps[1:, 1:] = thickness[1:, 1:] - thickness[:-1, :-1]
    return 1.0 + 0.10 * np.clip(steps, -0.8, 0.8)


def _surface(size_px: int, craquelure: float, generator: np.random.Generator) -> np.ndarray:
    """Give the weave of the canvas, and the cracks of age."""
    grid = np.arange(size_px, dtype=np.float32)
    offset = generator.uniform(0.0, 1.0, 2)
    fine = noise_tile("fine")
    weave = sample_nearest(fine, grid[None, :] / 512.0, grid[:, None] / 1400.0)
    weave = weave + sample_nearest(fine, grid[None, :] / 1400.0, grid[:, None] / 512.0)
    ridges = sample_smoothly(
        noise_tile("rough"), grid[None, :] / 700.0 + offset[0], grid[:, None] / 700.0 + offset[1]
    )
    cracks = np.exp(-np.square(ridges / 0.06))
    return 1.0 + 0.008 * weave - craquelure * cracks


def as_image(picture: np.ndarray) -> Image.Image:
    """Turn display values into a picture of 8 bits."""
    return Image.fromarray((np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8))
