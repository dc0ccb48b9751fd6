"""Putting a scene together, and taking its photograph."""

from dataclasses import dataclass

import numpy as np

from artnb.synthetic.landscapes.ground import haze, light_land
from artnb.synthetic.landscapes.noise import (
    blend,
    part_generator,
    pixel_middles,
    sample_nearest,
    sample_smoothly,
    smoothstep,
)
from artnb.synthetic.landscapes.plan import Plan, linear_colour, make_plan
from artnb.synthetic.landscapes.terrain import look
from artnb.synthetic.landscapes.trees import draw_trees, plant_trees
from artnb.synthetic.landscapes.water import pour_water

# The scene is drawn with this many pixels per picture pixel, each way, to smooth edges.
SUPERSAMPLING = 2
SKY_DISTANCE = 1e6


@dataclass
class Scene:
    """A finished scene at `SUPERSAMPLING` times the size of its pictures.

    Attributes:
        plan: The decisions behind the scene.
        colour: float32 array of shape (n, n, 3), display values 0 to 1, free of grain.
        distance: float32 array of shape (n, n), distances; `SKY_DISTANCE` for the sky.
        water: bool array of shape (n, n), true where water shows.
    """

    plan: Plan
    colour: np.ndarray
    distance: np.ndarray
    water: np.ndarray


def render_scene(seed: int, size_px: int = 128) -> Scene:
    """Draw the scene that both the photograph and the painting of a seed show.

    Args:
        seed: Non-negative integer.
        size_px: Width and height of the later picture, at least 32.

    Returns:
        The scene, its arrays `SUPERSAMPLING` times as wide as the picture.
    """
    _check_request(seed, size_px)
    plan = make_plan(seed)
    wide_px = size_px * SUPERSAMPLING
    view = look(plan, wide_px)
    sky = _sky(plan, wide_px)
    picture = np.empty((wide_px, wide_px, 3), np.float32)
    picture[: len(sky)] = sky
    picture[len(sky) :] = sky[-1:]
    distance = np.full((wide_px, wide_px), SKY_DISTANCE, np.float32)
    distance.ravel()[view.hit] = view.distance
    picture.reshape(-1, 3)[view.hit] = haze(plan, light_land(plan, view), view.distance)
    draw_trees(plan, view, picture, distance, plant_trees(plan))
    water = pour_water(plan, view, picture, distance)
    return Scene(plan, _developed(picture), distance, water)


def render_photo(seed: int, size_px: int = 128) -> np.ndarray:
    """Photograph the scene of a seed.

    Args:
        seed: Non-negative integer.
        size_px: Width and height of the picture, at least 32.

    Returns:
        uint8 array of shape (size_px, size_px, 3), RGB, values 0 to 255.
    """
    scene = render_scene(seed, size_px)
    picture = shrunken(scene.colour)
    along = pixel_middles(size_px) - 0.5
    corner = along[:, None] ** 2 + along[None, :] ** 2
    picture *= (1.0 - 0.28 * corner)[..., None]
    offset = part_generator(seed, "grain").uniform(0.0, 1.0, 2)
    grid = np.arange(size_px) / 512.0
    grain = sample_nearest("fine", grid[None, :] + offset[0], grid[:, None] + offset[1])
    picture += 0.005 * grain[..., None]
    return as_bytes(picture)


def shrunken(picture: np.ndarray) -> np.ndarray:
    """Average a supersampled picture (2n, 2n, channels) down to its final size (n, n, channels)."""
    rows = picture[0::2] + picture[1::2]
    return (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """Turn display values of any shape into uint8; what is not between 0 and 1 is cut off."""
    return (np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def _sky(plan: Plan, size_px: int) -> np.ndarray:
    """Give the light of the sky down to a little below the horizon.

    Args:
        size_px: Width of the picture.

    Returns:
        float32 array of shape (rows, size_px, 3), linear light; rows from the top of the
        picture to just below the horizon.
    """
    rows = min(size_px, int((plan.horizon + 0.06) * size_px) + 2)
    down, across = pixel_middles(size_px)[:rows, None], pixel_middles(size_px)[None, :]
    rise = np.maximum(plan.horizon - down, 0.0)
    zenith, horizon = linear_colour(plan.light.zenith), linear_colour(plan.light.horizon)
    share = (1.0 - np.exp(-3.6 * rise))[..., None] / (1.0 - np.exp(-3.6 * 0.6))
    sky = np.repeat(horizon + (zenith - horizon) * share, size_px, axis=1)
    glow = _glow(plan, across, down)
    sky += glow[..., None] * linear_colour(plan.light.sun)
    return _with_clouds(plan, sky, across, rise, glow)


def _glow(plan: Plan, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Light scattered around the sun, and its disc, where it stands in the picture."""
    height = plan.horizon - np.tan(np.arcsin(plan.sun_direction[1]))
    distance = np.hypot(across - plan.sun_across, (down - height) * 1.15)
    disc = smoothstep(0.034, 0.024, distance)
    return 0.5 * np.exp(-distance / 0.16) + 0.35 * np.exp(-distance / 0.045) + 1.2 * disc


def _with_clouds(
    plan: Plan, sky: np.ndarray, across: np.ndarray, rise: np.ndarray, glow: np.ndarray
) -> np.ndarray:
    generator = part_generator(plan.seed, "clouds")
    offset = generator.uniform(0.0, 1.0, 2)
    scale = generator.uniform(0.10, 0.2)
    # Clouds hang on a plane overhead; the 0.13 keeps it from running off at the horizon.
    plane = scale / (rise + 0.13)
    sideways = (across - 0.5) * plane / plan.cloud_stretch * 1.3 + offset[0]
    away = plane * 0.9 + offset[1]
    density = sample_smoothly("cloud", sideways, away)
    toward = 0.012 * np.sign(plan.sun_direction[0])
    shadowing = sample_smoothly("cloud", sideways + toward, away + 0.010)
    threshold = 1.45 - 2.5 * plan.cloud_cover
    cover = smoothstep(threshold, threshold + generator.uniform(0.3, 0.8), density)
    cover = cover * smoothstep(-0.01, 0.10, rise) * 0.94
    lit = 0.72 + 1.1 * (density - shadowing) - 0.26 * np.maximum(density - threshold - 0.3, 0.0)
    lit = np.clip(lit, 0.0, 1.0)
    bright, dark = linear_colour(plan.light.cloud_lit), linear_colour(plan.light.cloud_shade)
    cloud = blend(dark, bright, lit)
    cloud += (0.55 * np.minimum(glow, 0.6))[..., None] * linear_colour(plan.light.sun)
    sky += (cloud - sky) * cover[..., None]
    return sky


def _developed(light: np.ndarray) -> np.ndarray:
    """Turn linear light into display values, with a film's soft shoulder."""
    # Cameras expose for a middle grey, yet an evening stays darker than a noon.
    exposure = np.clip((0.30 / light.mean()) ** 0.7, 0.92, 1.7)
    light = np.maximum(light, 0.0) * np.float32(exposure)
    # x / (1 + x^2 / 6) is straight for shadows and bends over near white.
    bright = np.minimum(light, 2.2)
    display = np.sqrt(bright / (1.0 + bright * bright * 0.16))
    # A little contrast around the middle, as cameras add.
    return np.clip(display + 0.22 * (display - 0.5) * display * (1.0 - display) * 4.0, 0.0, 1.0)


def _check_request(seed: int, size_px: int) -> None:
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}; use a non-negative integer")
    if size_px < 32:
        raise ValueError(f"size_px must be at least 32, got {size_px}; use 128")
