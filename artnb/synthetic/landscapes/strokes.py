"""Laying oriented brush strokes on a canvas."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from PIL import Image

from artnb.synthetic.landscapes.noise import TILE_PX, noise_tile, sample_nearest

# The field of stroke directions has this many cells each way, whatever the picture's size.
FIELD_CELLS = 64


@dataclass(frozen=True)
class Brush:
    """How one layer of strokes is laid; lengths are shares of the picture's width.

    `everywhere` is the share of places that get a stroke whatever they show; the others
    get one only where the picture is busier than `detail`.
    """

    width: float
    length: float
    spacing: float
    everywhere: float
    detail: float
    colour_limit: float
    thickness: float


def stroke_directions(picture: np.ndarray, lean: np.ndarray) -> np.ndarray:
    """Find the direction that a painter's brush would follow, along edges and contours.

    Directions without sign are kept as doubled angles, so that they can be averaged.

    Args:
        picture: float32 array of shape (n, n, 3), display values 0 to 1.
        lean: float32 array of shape (FIELD_CELLS, FIELD_CELLS, 2), the doubled-angle
            vectors that decide where the picture itself is flat.

    Returns:
        float32 array of shape (FIELD_CELLS, FIELD_CELLS), angles in radians.
    """
    small = shrink_plane(picture.mean(axis=-1), FIELD_CELLS + 2)
    right = small[1:-1, 2:] - small[1:-1, :-2]
    down = small[2:, 1:-1] - small[:-2, 1:-1]
    doubled = np.stack([down * down - right * right, -2.0 * right * down], axis=-1)
    for _ in range(2):
        padded = np.pad(doubled, ((1, 1), (1, 1), (0, 0)), mode="edge")
        rows = padded[:-2] + 2.0 * padded[1:-1] + padded[2:]
        doubled = (rows[:, :-2] + 2.0 * rows[:, 1:-1] + rows[:, 2:]) / 16.0
    doubled = doubled + lean
    return 0.5 * np.arctan2(doubled[..., 1], doubled[..., 0])


def shrink_plane(plane: np.ndarray, cells: int) -> np.ndarray:
    """Average a plane (n, n) down to a coarse grid (cells, cells), float32."""
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(image.resize((cells, cells), Image.Resampling.BOX))


def paint_layers(
    ground: np.ndarray,
    target: np.ndarray,
    directions: np.ndarray,
    brushes: Iterable[Brush],
    generator: Generator,
    relief: float,
) -> np.ndarray:
    """Paint layer over layer, under light from the upper left that catches the paint's ridges.

    Args:
        ground: float32 array of shape (n, n, 3), what is there before; changed in place.
        target: float32 array of shape (n, n, 3), the colours to reach.
        directions: Angles from `stroke_directions`.
        brushes: The manner of each layer.
        generator: Source of the hand's randomness.
        relief: How strongly light and shade follow the thickness of the paint.

    Returns:
        float32 array of shape (n, n, 3).
    """
    thickness = np.zeros(target.shape[:2], np.float32)
    for brush in brushes:
        _lay_strokes(ground, thickness, target, directions, brush, generator)
    steps = np.zeros_like(thickness)
    steps[1:, 1:] = thickness[1:, 1:] - thickness[:-1, :-1]
    return ground * (1.0 + relief * np.clip(steps, -0.8, 0.8))[..., None]


def canvas_weave(size_px: int) -> np.ndarray:
    """Give the threads of the canvas as a factor for its colours, shape (size_px, size_px)."""
    grid = np.arange(size_px, dtype=np.float32)
    threads = sample_nearest("fine", grid[None, :] / 512.0, grid[:, None] / 1400.0)
    threads = threads + sample_nearest("fine", grid[None, :] / 1400.0, grid[:, None] / 512.0)
    return 1.0 + np.float32(0.008) * threads


def _lay_strokes(
    colours: np.ndarray,
    thickness: np.ndarray,
    target: np.ndarray,
    directions: np.ndarray,
    brush: Brush,
    generator: Generator,
) -> None:
    """Paint one layer of strokes: `colours` and `thickness` are changed in place."""
    size_px = len(target)
    start = _starting_points(target, brush, generator)
    spine, angle = _trace(start, directions, brush, generator)
    colour, reach = _load_brush(target, spine, brush, generator)
    stroke, place, value = _sweep(spine, angle, reach, brush, size_px, generator)
    # Later strokes cover earlier ones: numpy keeps the last of repeated assignments.
    last = np.full(size_px * size_px + 1, -1, np.int32)
    last[place] = np.arange(len(place), dtype=np.int32)
    last = last[:-1]
    painted = np.flatnonzero(last >= 0)
    sample = last[painted]
    paint = value[sample]
    tint = 1.0 + 0.07 * (paint - 0.6)
    colours.reshape(-1, 3)[painted] = (
        colour[stroke[sample // (len(place) // len(stroke))]] * tint[:, None]
    )
    thickness.ravel()[painted] = paint * brush.thickness


def _starting_points(target: np.ndarray, brush: Brush, generator: Generator) -> np.ndarray:
    """Choose where strokes begin: a jittered grid, thinned where nothing happens."""
    cells = round(1.0 / brush.spacing)
    down, across = np.mgrid[0:cells, 0:cells].reshape(2, -1)
    jitter = generator.uniform(0.0, 1.0, (cells * cells, 2))
    start = (np.stack([across, down], axis=-1) + jitter) / cells
    grey = target.mean(axis=-1)
    middle = shrink_plane(grey, cells)
    # Spread within a cell tells how busy it is; its neighbours' spread counts by the blur.
    spread = shrink_plane(np.square(grey), cells) - np.square(middle)
    busy = np.sqrt(np.maximum(spread, 0.0)).ravel() + _steps_between(middle).ravel()
    chosen = (busy > brush.detail) | (generator.random(len(start)) < brush.everywhere)
    start = start[chosen]
    return start[generator.permutation(len(start))].astype(np.float32)


def _steps_between(plane: np.ndarray) -> np.ndarray:
    steps = np.zeros_like(plane)
    steps[:, 1:] += np.abs(plane[:, 1:] - plane[:, :-1])
    steps[1:] += np.abs(plane[1:] - plane[:-1])
    return 0.35 * steps


TRACE_STEPS = 9


def _trace(
    start: np.ndarray, directions: np.ndarray, brush: Brush, generator: Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the directions from each start: points (strokes, steps, 2) and unit steps."""
    count = len(start)
    step = brush.length / (TRACE_STEPS - 1) * generator.uniform(0.7, 1.25, (count, 1))
    step = step.astype(np.float32)
    waver = generator.normal(0.0, 0.16, count).astype(np.float32)
    point = start.copy()
    heading = None
    points, headings = [], []
    for _ in range(TRACE_STEPS):
        cell = np.clip((point * FIELD_CELLS).astype(np.int32), 0, FIELD_CELLS - 1)
        angle = directions[cell[:, 1], cell[:, 0]] + waver
        wanted = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        if heading is None:
            wanted *= generator.choice([-1.0, 1.0], (count, 1)).astype(np.float32)
            heading = wanted
            point = point - heading * step * (0.5 * (TRACE_STEPS - 1))
        else:
            turned = np.sign((wanted * heading).sum(axis=-1, keepdims=True) + 1e-6)
            heading = 0.5 * heading + 0.5 * wanted * turned
            heading /= np.hypot(heading[:, :1], heading[:, 1:]) + 1e-6
        points.append(point)
        headings.append(heading)
        point = point + heading * step
    return np.stack(points, axis=1), np.stack(headings, axis=1)


def _load_brush(
    target: np.ndarray, spine: np.ndarray, brush: Brush, generator: Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Pick each stroke's colour at its middle, and say which of its steps keep that colour."""
    cells = min(len(target), round(1.6 / brush.width))
    coarse = np.stack([shrink_plane(target[..., band], cells) for band in range(3)], axis=-1)
    place = np.clip((spine * cells).astype(np.int32), 0, cells - 1)
    seen = coarse[place[..., 1], place[..., 0]]
    middle = TRACE_STEPS // 2
    colour = seen[:, middle]
    fits = np.abs(seen - colour[:, None]).mean(axis=-1) < brush.colour_limit
    # A stroke runs from its middle to both sides until the colour no longer fits.
    after = np.logical_and.accumulate(fits[:, middle:], axis=1)
    before = np.logical_and.accumulate(fits[:, middle::-1], axis=1)[:, ::-1]
    reach = np.concatenate([before[:, :-1], after], axis=1)
    reach[:, middle - 1 : middle + 2] = True
    light = generator.normal(0.0, 0.022, (len(colour), 1))
    warm = generator.normal(0.0, 0.016, (len(colour), 1)) * np.array([1.0, 0.1, -1.0])
    return (colour + light + warm).astype(np.float32), reach


def _sweep(
    spine: np.ndarray,
    heading: np.ndarray,
    reach: np.ndarray,
    brush: Brush,
    size_px: int,
    generator: Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw the brush along the spines, in slices across each stroke.

    Returns the stroke of each slice, and the flat pixel and the thickness of each sample;
    every slice has the same number of samples.
    """
    # Samples lie 0.95 pixels apart, close enough that slanted strokes have no holes.
    along = max(TRACE_STEPS, int(brush.length * size_px / 0.95))
    over = max(3, int(brush.width * size_px / 0.95))
    position = np.linspace(0.0, TRACE_STEPS - 1.001, along, dtype=np.float32)
    whole = position.astype(np.int32)
    stroke, slice_index = np.nonzero(reach[:, whole])
    step, share = whole[slice_index], (position - whole)[slice_index, None]
    point = spine[stroke, step]
    point += (spine[stroke, step + 1] - point) * share
    width = generator.uniform(0.35, 0.575, len(spine)).astype(np.float32) * brush.width
    sideways = heading[stroke, step] * width[stroke, None] * size_px
    side = np.linspace(-1.0, 1.0, over, dtype=np.float32)
    column = (point[:, :1] * size_px - sideways[:, 1:] * side).astype(np.int32)
    row = (point[:, 1:] * size_px + sideways[:, :1] * side).astype(np.int32)
    bristle = _bristles(len(spine), stroke, slice_index * 3 // along, over, generator)
    end = np.abs(slice_index * np.float32(2.0 / (along - 1)) - 1.0).astype(np.float32)
    # Bristles with little paint lift off before the end of the stroke: a ragged end.
    lifted = (0.75 * end**3)[:, None] + (0.5 * side * side - 0.68) > 0.40 * bristle
    # Negative numbers turn into huge unsigned ones, so this finds both sides at once.
    outside = np.maximum(column.view(np.uint32), row.view(np.uint32)) >= size_px
    place = row * size_px + column
    place[lifted | outside] = size_px * size_px
    ridge = 0.30 * bristle + (0.55 + 0.25 * side * side)
    return stroke, place.ravel(), ridge.ravel()


def _bristles(
    count: int, stroke: np.ndarray, run: np.ndarray, over: int, generator: Generator
) -> np.ndarray:
    """Streaks along the strokes, about -1 to 1, of shape (slices, over).

    `run` counts the thirds of a stroke: streaks are as long as that.
    """
    tile = np.float32(0.45) * noise_tile("fine")
    corner = generator.integers(TILE_PX, size=(count, 2))
    streak = corner[stroke, 0] * TILE_PX + (corner[stroke, 1] + run)
    index = streak[:, None].astype(np.int32) + np.arange(over, dtype=np.int32) * 7
    return tile.ravel().take(index & (TILE_PX * TILE_PX - 1))
