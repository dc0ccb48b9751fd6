"""The surface of lakes, rivers and the sea: reflections, ripples, surf and glitter."""

import numpy as np

from artnb.synthetic.landscapes.noise import (
    blend,
    blurred,
    part_generator,
    sample_smoothly,
    smoothstep,
)
from artnb.synthetic.landscapes.plan import Plan, linear_colour
from artnb.synthetic.landscapes.terrain import View

DEEP = {"lake": "#28505a", "river": "#35564f", "sea": "#1f5f74"}
SHALLOW = {"lake": "#5f8a7a", "river": "#6f8468", "sea": "#5fb3ac"}


def pour_water(plan: Plan, view: View, picture: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Draw the water of a view over a picture in which everything else is finished.

    Args:
        picture: float32 array of shape (size, size, 3), linear light; changed in place.
        distance: float32 array of shape (size, size), distances including trees.

    Returns:
        bool array of shape (size, size), true where water shows.
    """
    size_px = view.size_px
    shown = np.zeros((size_px, size_px), bool)
    if plan.country.water == "none":
        return shown
    behind_nothing = distance.ravel()[view.hit] >= view.distance - 1e-3
    wet = np.flatnonzero((view.altitude < 0.0) & behind_nothing)
    if len(wet) == 0:
        return shown
    pixels, across, away = view.hit[wet], view.across[wet], view.distance[wet]
    shown.ravel()[pixels] = True
    ripple = _ripples(plan, across, away)
    mirrored = _mirrored(plan, shown, picture, pixels, ripple)
    kind = plan.country.water
    depth = smoothstep(0.0, 0.2, -view.altitude[wet])
    shallow, deep = linear_colour(SHALLOW[kind]), linear_colour(DEEP[kind])
    daylight = linear_colour(plan.light.zenith).mean() + linear_colour(plan.light.ambient).mean()
    body = blend(shallow, deep, depth) * (0.35 + 0.9 * daylight)
    # Fresnel: water seen steeply shows itself, seen flatly it shows what stands behind.
    flatness = 1.0 / (1.0 + (view.eye_level / away * 2.2) ** 2)
    strength = np.clip(flatness * (0.82 if kind == "sea" else 0.95) - 0.10 * ripple, 0.08, 0.96)
    colour = blend(body, mirrored, strength)
    colour *= (1.0 + 0.07 * ripple)[:, None]
    if kind == "sea":
        foam = _surf(plan, view.altitude[wet], across, away, ripple)
        white = linear_colour(plan.light.cloud_lit) * 0.92
        colour = blend(colour, white, foam)
    if plan.sun_in_view:
        colour += _glitter(plan, view, pixels, ripple)[:, None] * linear_colour(plan.light.sun)
    picture.reshape(-1, 3)[pixels] = colour
    return shown


def _ripples(plan: Plan, across: np.ndarray, away: np.ndarray) -> np.ndarray:
    generator = part_generator(plan.seed, "ripples")
    offset = generator.uniform(0.0, 1.0, 2)
    small = sample_smoothly("rough", across / 7.0 + offset[0], away / 2.6 + offset[1])
    large = sample_smoothly("rough", across / 40.0 + offset[1], away / 13.0 + offset[0])
    return small * smoothstep(14.0, 3.0, away) + 0.8 * large


def _mirrored(
    plan: Plan, shown: np.ndarray, picture: np.ndarray, pixels: np.ndarray, ripple: np.ndarray
) -> np.ndarray:
    """Look up what each water pixel mirrors: the picture upside down about the far shore."""
    size_px = len(shown)
    row, column = pixels // size_px, pixels % size_px
    horizon_row = plan.horizon * size_px
    far_shore = np.where(shown.any(axis=0), shown.argmax(axis=0), horizon_row)
    # Land standing in front of the water, such as a tree, must not bend its mirror line.
    far_shore = np.minimum(far_shore, horizon_row + 0.10 * size_px).astype(np.float32)
    far_shore = blurred(np.repeat(far_shore[None, :], 8, axis=0), size_px / 24.0)[0]
    generator = part_generator(plan.seed, "calm")
    calm = generator.uniform(0.15, 0.5) if plan.country.water != "sea" else 1.2
    tremble = calm * ripple * (row - horizon_row) * 0.16
    source_row = 2.0 * far_shore[column] - row + tremble
    source_row = np.clip(source_row, 0, horizon_row + 0.05 * size_px).astype(np.int64)
    source_column = np.clip(column + 0.4 * tremble, 0, size_px - 1).astype(np.int64)
    mirrored = picture[source_row, source_column]
    # What would mirror itself is water again: take the sky just above the horizon instead.
    again = shown[source_row, source_column]
    mirrored[again] = linear_colour(plan.light.horizon) * 0.8
    return mirrored * np.float32(0.9)


def _surf(
    plan: Plan, altitude: np.ndarray, across: np.ndarray, away: np.ndarray, ripple: np.ndarray
) -> np.ndarray:
    """Foam at the edge of the sea and on waves that break in front of it."""
    edge = smoothstep(-0.035, -0.008, altitude + 0.012 * ripple)
    wave = np.sin(altitude * 85.0 + 2.2 * np.sin(across * 0.9) + 0.9 * ripple)
    breaking = smoothstep(0.80, 0.99, wave) * smoothstep(-0.23, -0.12, altitude)
    caps = smoothstep(1.7, 2.4, ripple) * 0.5
    return np.clip(0.9 * edge + 0.75 * breaking + caps, 0.0, 1.0) * smoothstep(40.0, 12.0, away)


def _glitter(plan: Plan, view: View, pixels: np.ndarray, ripple: np.ndarray) -> np.ndarray:
    column = (pixels % view.size_px + 0.5) / view.size_px
    row = (pixels // view.size_px + 0.5) / view.size_px
    spread = 0.035 + 0.22 * np.maximum(row - plan.horizon, 0.0)
    lane = np.exp(-(((column - plan.sun_across) / spread) ** 2))
    return lane * (0.28 + 0.9 * smoothstep(0.2, 1.3, ripple))
