"""The sky: its gradient, the sun and the clouds."""

import numpy as np

from artnb.synthetic.landscapes.noise import noise_tile, part_generator, sample_smoothly, smoothstep
from artnb.synthetic.landscapes.plan import Plan, linear_colour


def paint_sky(plan: Plan, size_px: int) -> np.ndarray:
    """Give the light of the sky down to a little below the horizon.

    Args:
        plan: The scene.
        size_px: Width of the picture.

    Returns:
        float32 array of shape (rows, size_px, 3), linear light; rows from the top of the
        picture to just below the horizon.
    """
    rows = min(size_px, int((plan.horizon + 0.06) * size_px) + 2)
    down = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / size_px
    across = (np.arange(size_px, dtype=np.float32)[None, :] + 0.5) / size_px
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
    tile = noise_tile("cloud")
    density = sample_smoothly(tile, sideways, away)
    toward = 0.012 * np.sign(plan.sun_direction[0])
    shadowing = sample_smoothly(tile, sideways + toward, away + 0.010)
    threshold = 1.45 - 2.5 * plan.cloud_cover
    cover = smoothstep(threshold, threshold + generator.uniform(0.3, 0.8), density)
    cover = cover * smoothstep(-0.01, 0.10, rise) * 0.94
    lit = 0.72 + 1.1 * (density - shadowing) - 0.26 * np.maximum(density - threshold - 0.3, 0.0)
    lit = np.clip(lit, 0.0, 1.0)
    bright, dark = linear_colour(plan.light.cloud_lit), linear_colour(plan.light.cloud_shade)
    cloud = dark + (bright - dark) * lit[..., None]
    cloud += (0.55 * np.minimum(glow, 0.6))[..., None] * linear_colour(plan.light.sun)
    sky += (cloud - sky) * cover[..., None]
    return sky
