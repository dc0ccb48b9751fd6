"""The shape of the land, and which point of it each pixel of the picture shows."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from artnb.synthetic.landscapes.noise import (
    part_generator,
    pixel_middles,
    sample_nearest,
    sample_smoothly,
    smoothstep,
    wavy_line,
)
from artnb.synthetic.landscapes.plan import Plan

# Focal length in picture widths: a view of about 53 degrees, like a 35 mm lens.
FOCAL = 1.0
FAR = 70.0
# Distances at which the land is looked up: each is 2 % farther than the one before.
DISTANCE_COUNT = 224


@dataclass
class View:
    """What each pixel of the picture shows, before any colour.

    `hit` lists the flat indices of the pixels that show land or water; `across`,
    `distance`, `altitude`, `slope` and `sunshine` have one entry for each of those.
    """

    size_px: int
    eye_level: float
    hit: np.ndarray
    across: np.ndarray
    distance: np.ndarray
    altitude: np.ndarray
    slope: np.ndarray
    sunshine: np.ndarray


def land_height(plan: Plan, across: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Give the height of the land over the water level.

    Args:
        across: Sideways positions in the world, any shape; the viewer stands at 0.
        distance: Distances from the viewer, broadcastable with `across`.

    Returns:
        float32 array, heights; below 0 is under water.
    """
    country, shift = plan.country, plan.offsets
    rolling = sample_smoothly("smooth", across / 48.0 + shift[0, 0], distance / 48.0 + shift[0, 1])
    height = country.ground_level + rolling * (
        country.ground_roughness + plan.hills * smoothstep(3.0, 16.0, distance)
    )
    height = height + plan.hills * 0.45 * smoothstep(4.0, 20.0, distance)
    if country.ground == "dunes":
        height = height + _dune_height(plan, across, distance)
    height = _with_water(plan, height, across, distance)
    if plan.mountains > 0.4:
        height = height + _mountain_height(plan, across, distance)
    return np.asarray(height, np.float32)


def _mountain_height(plan: Plan, across: np.ndarray, distance: np.ndarray) -> np.ndarray:
    shift = plan.offsets
    crests = sample_smoothly("ridged", across / 130.0 + shift[1, 0], distance / 130.0 + shift[1, 1])
    rise = smoothstep(16.0, 44.0, distance)
    # Mountains stand higher to one side, so that the skyline has a shape.
    lean = (shift[2, 0] - 0.5) * 1.2
    spread = np.clip(0.85 + lean * across / (distance + 4.0) * 2.0, 0.25, 1.4)
    return plan.mountains * rise * spread * np.maximum(0.42 + 0.36 * crests, -0.02)


def _dune_height(plan: Plan, across: np.ndarray, distance: np.ndarray) -> np.ndarray:
    shift = plan.offsets
    turn = (shift[3, 0] - 0.5) * 1.6
    waves = sample_smoothly(
        "smooth",
        (across + turn * distance) / 30.0 + shift[4, 0],
        (distance - turn * across) / 19.0 + shift[4, 1],
    )
    # Sharp crests between wide hollows; the small term rounds the very edge.
    crests = np.exp(-1.6 * np.sqrt(np.square(waves) + 0.05))
    return 1.7 * crests * smoothstep(0.4, 6.0, distance)


def _with_water(
    plan: Plan, height: np.ndarray, across: np.ndarray, distance: np.ndarray
) -> np.ndarray:
    """Sink the land where the lake, sea or river is; hills around it sink with it."""
    if plan.country.water == "none":
        return np.maximum(height, 0.05)
    generator = part_generator(plan.seed, "water")
    if plan.country.water == "sea":
        depth = _sea_depth(generator, across, distance)
        return height * (1.0 - depth) - 0.25 * depth
    if plan.country.water == "lake":
        inside = _inside_lake(plan, generator, across, distance)
    else:
        inside = _inside_river(generator, across, distance)
    # Lakes and rivers lie in valleys: the hills begin well away from the bank.
    hilliness = smoothstep(1.0, 3.0 + 0.35 * distance, -inside)
    level = plan.country.ground_level
    height = level + (height - level) * hilliness
    depth = smoothstep(-0.8, 0.6, inside) * smoothstep(34.0, 24.0, distance)
    return height * (1.0 - depth) - 0.25 * depth


def _inside_lake(
    plan: Plan, generator: Generator, across: np.ndarray, distance: np.ndarray
) -> np.ndarray:
    """How far each place lies from the shore, negative outside of the lake."""
    near = plan.eye * generator.uniform(1.9, 3.6)
    far = near + generator.uniform(6.0, 18.0)
    half_width, middle = generator.uniform(4.0, 13.0), generator.normal(0.0, 3.0)
    shore = wavy_line(generator, across / 14.0, 1.0)
    inside = np.minimum(distance - near - 0.5 * shore, far + 2.5 * shore - distance)
    return np.minimum(inside, half_width - np.abs(across - middle))


def _sea_depth(generator: Generator, across: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """How far the land has sunk, 0 to 1: a slanting shore, with headlands beyond."""
    turn, near = generator.uniform(-1.2, 1.2), generator.uniform(1.8, 3.6)
    shore = 0.7 * wavy_line(generator, across / 9.0, 1.0)
    depth = smoothstep(-2.2, 1.2, distance + turn * across - near - shore)
    headland = sample_smoothly("smooth", across / 80.0 + generator.random(), distance / 80.0)
    land_ahead = smoothstep(0.9, 1.6, headland * smoothstep(8.0, 25.0, distance))
    return depth * (1.0 - land_ahead) * smoothstep(70.0, 30.0, distance)


def _inside_river(generator: Generator, across: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """How far each place lies from the bank, negative outside of the river."""
    bend = generator.uniform(0.6, 1.6)
    # The logarithm makes bends look equally long near and far.
    middle = wavy_line(generator, np.log(distance + 1.0) / 3.2, 1.0)
    middle = middle * bend * (0.4 + distance / 9.0)
    half_width = generator.uniform(0.45, 1.1) * (1.0 + 0.02 * distance)
    return half_width - np.abs(across - middle)


def look(plan: Plan, size_px: int) -> View:
    """Find the point of land that each pixel shows.

    For every picture column the land is projected from near to far; a pixel shows the
    first distance whose land stands at least as high in the picture as the pixel.

    Args:
        size_px: Width and height of the picture to find the points for.

    Returns:
        The view; heights under the water are given as they are, at the water's distance.
    """
    column = pixel_middles(size_px) - 0.5
    foot = land_height(plan, np.float32(0.0), np.float32(1.0))
    eye_level = float(max(foot, 0.0)) + plan.eye
    nearest = 0.75 * FOCAL * plan.eye / (1.0 - plan.horizon)
    distance = np.geomspace(nearest, FAR, DISTANCE_COUNT, dtype=np.float32)[:, None]
    across = column[None, :] * distance / FOCAL
    height = land_height(plan, across, distance)
    slope, sunshine = _light_on_slopes(plan, height, distance, size_px)
    canopy = _canopy(plan, across, distance, height, slope)
    top = np.maximum(height + canopy, 0.0)
    row = plan.horizon + FOCAL * (eye_level - top) / distance
    before, share, hit = _first_hits(row, size_px)
    grid = np.stack([np.broadcast_to(distance, height.shape), height, slope, sunshine], axis=-1)
    grid = grid.reshape(-1, 4)
    near_values, far_values = grid.take(before, axis=0), grid.take(before + size_px, axis=0)
    values = near_values + (far_values - near_values) * share[:, None]
    return View(
        size_px=size_px,
        eye_level=eye_level,
        hit=hit,
        across=column[hit % size_px] * values[:, 0] / FOCAL,
        distance=values[:, 0],
        altitude=values[:, 1],
        slope=values[:, 2],
        sunshine=values[:, 3],
    )


def _first_hits(row: np.ndarray, size_px: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give, for each pixel with land, the flat step before its hit, the share past it, itself."""
    lowest = np.minimum.accumulate(row, axis=0)
    first_seen = np.clip(np.ceil(lowest * size_px - 0.5), 0, size_px).astype(np.int64)
    places = first_seen * size_px + np.arange(size_px)
    counts = np.bincount(places.ravel(), minlength=(size_px + 1) * size_px)
    counts = counts.reshape(size_px + 1, size_px)
    step = np.cumsum(counts[::-1], axis=0)[::-1][1:]
    hit = np.flatnonzero((step < DISTANCE_COUNT).ravel())
    after = np.maximum(step.ravel()[hit], 1) * size_px + hit % size_px
    before = after - size_px
    pixel_row = (hit // size_px + 0.5) / size_px
    low, high = row.ravel()[before], row.ravel()[after]
    share = np.clip((low - pixel_row) / np.maximum(low - high, 1e-6), 0.0, 1.0)
    return before, share.astype(np.float32), hit


def _light_on_slopes(
    plan: Plan, height: np.ndarray, distance: np.ndarray, size_px: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give how steep each point is and how squarely the sun meets it."""
    sideways = np.empty_like(height)
    sideways[:, :-1] = height[:, 1:] - height[:, :-1]
    sideways[:, -1] = sideways[:, -2]
    sideways *= FOCAL * size_px / distance
    away = np.empty_like(height)
    away[:-1] = (height[1:] - height[:-1]) / (distance[1:] - distance[:-1])
    away[-1] = away[-2]
    slope = sideways * sideways + away * away
    sun = plan.sun_direction
    facing = sun[1] - sun[0] * sideways - sun[2] * away
    return slope, np.maximum(facing, 0.0) / np.sqrt(1.0 + slope)


def _canopy(
    plan: Plan, across: np.ndarray, distance: np.ndarray, height: np.ndarray, slope: np.ndarray
) -> np.ndarray:
    """Raise far woods above the ground, with a spiky top."""
    wooded = woodland(plan, across, distance, height, slope)
    if plan.leafy:
        tops = 0.38 + 0.14 * sample_nearest("rough", across / 16.0, distance / 40.0)
    else:
        tops = 0.32 + 0.22 * sample_nearest("fine", across / 30.0, distance / 60.0)
    return wooded * smoothstep(4.0, 9.0, distance) * np.clip(tops, 0.05, 0.8)


def woodland(
    plan: Plan, across: np.ndarray, distance: np.ndarray, height: np.ndarray, slope: np.ndarray
) -> np.ndarray:
    """Say where the woods are.

    Args:
        across: Sideways positions in the world.
        distance: Distances from the viewer.
        height: Heights of the land there.
        slope: Squared steepness there.

    Returns:
        float32 array of the common shape, 0 for open land to 1 for closed woods.
    """
    if plan.forest <= 0.02:
        return np.zeros(np.broadcast_shapes(np.shape(across), np.shape(height)), np.float32)
    patches = sample_smoothly("cloud", across / 55.0 + plan.offsets[5, 0], distance / 55.0)
    wooded = smoothstep(0.9, 1.3, patches + 1.7 * plan.forest)
    wooded = wooded * smoothstep(0.06, 0.2, height) * smoothstep(4.6, 3.0, height)
    return wooded * smoothstep(2.2, 1.2, slope) * smoothstep(4.0, 7.0, distance)
