"""The colours of the land: grass, fields, sand, rock, woods and snow, lit and hazed."""

import numpy as np

from artnb.synthetic.landscapes.noise import (
    blend,
    part_generator,
    sample_nearest,
    sample_smoothly,
    smoothstep,
    wavy_line,
)
from artnb.synthetic.landscapes.plan import Plan, linear_colour
from artnb.synthetic.landscapes.terrain import View, woodland

ROCK = ("#5f5a58", "#938b83")
SAND = ("#c9b08a", "#efe0c0")
DUNE = ("#c08a52", "#e3b781")
SNOW = ("#d9e2ee", "#ffffff")
PATH = ("#9a8263", "#c7b08c")


def light_land(plan: Plan, view: View) -> np.ndarray:
    """Colour every land pixel of a view.

    Returns:
        float32 array of shape (land pixels, 3), linear light without haze.
    """
    patches = sample_smoothly("rough", view.across / 9.0 + plan.offsets[6, 0], view.distance / 9.0)
    grain = _grain(view, bladed=plan.country.ground in ("grass", "fields"))
    colour = _open_land(plan, view, patches)
    colour *= (1.0 + grain)[:, None]
    colour = _with_woods(plan, view, colour)
    colour = _with_rock_and_snow(plan, view, colour, patches, grain)
    if plan.season.flowers and plan.country.ground in ("grass", "fields"):
        colour = _with_flowers(plan, view, colour, patches)
    return colour * sunlight(plan, _cloud_shadow(plan, view) * view.sunshine)


def sunlight(plan: Plan, sunshine: np.ndarray) -> np.ndarray:
    """Give the light that falls on surfaces.

    Args:
        sunshine: How squarely the sun meets each surface, 0 to 1, shape (count,).

    Returns:
        float32 array of shape (count, 3), a factor for the colour of the surface.
    """
    light = plan.light
    ambient = linear_colour(light.ambient) * light.ambient_strength
    # A low sun still lights level ground in photographs, which are exposed for it.
    level = max(float(plan.sun_direction[1]), 0.3)
    gain = light.sun_strength * 0.85 / level**0.6
    return ambient + (linear_colour(light.sun) * gain) * sunshine[:, None]


def haze(plan: Plan, colour: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Veil colours by the air between them and the viewer.

    Args:
        colour: float32 array of shape (count, 3), linear light.

    Returns:
        float32 array of shape (count, 3).
    """
    veil = 0.94 * (1.0 - np.exp(-np.maximum(distance - 1.5, 0.0) / plan.light.clear_distance))
    return blend(colour, linear_colour(plan.light.haze), veil)


def _ramp(codes: tuple[str, str], share: np.ndarray) -> np.ndarray:
    return blend(linear_colour(codes[0]), linear_colour(codes[1]), np.clip(share, 0.0, 1.0))


def _grain(view: View, bladed: bool) -> np.ndarray:
    """Fine texture; if bladed, it stands upright near the viewer like grass."""
    if not bladed:
        flat = sample_nearest("fine", view.across / 4.0, view.distance / 4.0)
        return 0.05 * flat * smoothstep(9.0, 2.0, view.distance)
    flat = sample_nearest("fine", view.across / 5.0, view.distance / 5.0)
    row, column = view.hit // view.size_px, view.hit % view.size_px
    blades = sample_nearest("fine", column * 0.5 / view.size_px, row * 0.16 / view.size_px)
    near = smoothstep(6.0, 1.0, view.distance)
    return 0.10 * flat * smoothstep(30.0, 8.0, view.distance) + 0.13 * blades * near


def _cloud_shadow(plan: Plan, view: View) -> np.ndarray:
    if plan.light.sun_strength < 0.5:
        return np.float32(1.0)
    patches = sample_smoothly(
        "smooth", view.across / 70.0 + plan.offsets[7, 0], view.distance / 70.0
    )
    return 1.0 - 0.6 * smoothstep(0.3, 1.0, patches)


def _open_land(plan: Plan, view: View, patches: np.ndarray) -> np.ndarray:
    ground = plan.country.ground
    if ground == "dunes":
        ripples = np.sin(view.distance * 22.0 + 3.0 * patches + view.across * 5.0)
        near = smoothstep(5.0, 1.0, view.distance)
        return _ramp(DUNE, 0.5 + 0.09 * patches + 0.13 * ripples * near)
    dark, light, dry = plan.season.grass
    colour = _ramp((dark, light), 0.5 + 0.28 * patches)
    dryness = sample_smoothly(
        "cloud", view.across / 22.0 + plan.offsets[7, 1], view.distance / 22.0
    )
    colour = blend(colour, linear_colour(dry), smoothstep(0.1, 1.4, dryness) * 0.8)
    if ground == "fields":
        colour = _with_fields(plan, view, colour)
    shore = {"sea": 0.55, "lake": 0.07, "river": 0.05}.get(plan.country.water, -1.0)
    sand = smoothstep(shore, 0.35 * shore, view.altitude + 0.02 * patches)
    if shore > 0.0 and not plan.snowy:
        wet = smoothstep(0.05, 0.01, view.altitude)
        beach = _ramp(SAND, 0.55 + 0.2 * patches) * (1.0 - 0.3 * wet)[:, None]
        colour = blend(colour, beach, sand)
    return _with_path(plan, view, colour, patches) if plan.has_path else colour


def _with_fields(plan: Plan, view: View, colour: np.ndarray) -> np.ndarray:
    """Divide the land into crops, with rows where they are near enough to see."""
    generator = part_generator(plan.seed, "fields")
    turn = generator.uniform(-0.7, 0.7)
    along = view.across * np.cos(turn) + view.distance * np.sin(turn)
    over = view.distance * np.cos(turn) - view.across * np.sin(turn)
    bend = sample_smoothly("smooth", along / 50.0, over / 50.0)
    strip = np.floor((along + 1.6 * bend) / generator.uniform(3.0, 5.5)).astype(np.int32)
    block = np.floor((over + 1.2 * bend + strip * 1.7) / generator.uniform(3.5, 7.0))
    cell = (strip * 7 + block.astype(np.int32) * 13) & 63
    crops = np.stack([linear_colour(code) for code in plan.season.crops])
    choice = generator.integers(len(crops) + 1, size=64)
    tint = np.concatenate([crops, crops[:1]])[choice] * generator.uniform(0.85, 1.15, (64, 1))
    grass = (choice == len(crops))[cell]
    rows = np.sin((along + 1.6 * bend) * 2.0 * np.pi / 0.22)
    rows = 0.24 * rows * smoothstep(14.0, 3.0, view.distance) * ~grass
    field = tint.astype(np.float32)[cell] * (1.0 + rows)[:, None]
    return blend(colour, field, np.where(grass, 0.0, 0.92) * smoothstep(0.03, 0.1, view.altitude))


def _with_path(plan: Plan, view: View, colour: np.ndarray, patches: np.ndarray) -> np.ndarray:
    generator = part_generator(plan.seed, "path")
    bend = generator.uniform(0.3, 0.9)
    middle = bend * wavy_line(generator, np.log(view.distance + 0.6) / 2.6, 1.0)
    middle = middle * (0.5 + view.distance / 7.0)
    wide = generator.uniform(0.1, 0.2)
    inside = wide + 0.03 * patches - np.abs(view.across - middle)
    share = smoothstep(-0.03, 0.05, inside) * smoothstep(22.0, 12.0, view.distance)
    return blend(colour, _ramp(PATH, 0.5 + 0.3 * patches), share)


def _with_woods(plan: Plan, view: View, colour: np.ndarray) -> np.ndarray:
    wooded = woodland(plan, view.across, view.distance, view.altitude, view.slope)
    if not wooded.any():
        return colour
    crowns = sample_nearest("fine", view.across / 22.0, view.distance / 60.0)
    codes = plan.season.leaves[:3] if plan.leafy else plan.season.conifer
    palette = np.stack([linear_colour(code) for code in codes]) * 0.6
    which = np.floor((crowns * 0.22 + 0.5) * len(palette)).astype(np.int32)
    tree = palette[np.clip(which, 0, len(palette) - 1)]
    row, column = view.hit // view.size_px, view.hit % view.size_px
    leaves = sample_nearest("fine", column * 0.4 / view.size_px, row * 0.25 / view.size_px)
    return blend(colour, tree * (0.8 + 0.2 * leaves + 0.12 * crowns)[:, None], wooded)


def _with_rock_and_snow(
    plan: Plan, view: View, colour: np.ndarray, patches: np.ndarray, grain: np.ndarray
) -> np.ndarray:
    if plan.mountains > 0.4:
        strata = sample_nearest(
            "rough", view.across / 16.0, view.altitude / 5.0 + view.distance / 30.0
        )
        rock = _ramp(ROCK, 0.5 + 0.3 * strata)
        bare = smoothstep(0.5, 1.3, view.slope + 0.2 * strata + 0.11 * view.altitude)
        colour = blend(colour, rock, bare)
    line = -1.0 if plan.snowy else plan.snow_line
    wooded = woodland(plan, view.across, view.distance, view.altitude, view.slope)
    level = view.altitude + 0.55 * patches - 0.9 * np.maximum(view.slope - 0.5, 0.0)
    snow = smoothstep(line, line + 0.9, level)
    snow = snow * (1.0 - 0.75 * wooded)
    return blend(colour, _ramp(SNOW, 0.6 + 0.25 * patches + grain), snow)


def _with_flowers(plan: Plan, view: View, colour: np.ndarray, patches: np.ndarray) -> np.ndarray:
    generator = part_generator(plan.seed, "flowers")
    if generator.random() < 0.45:
        return colour
    code = plan.season.flowers[generator.integers(len(plan.season.flowers))]
    spots = sample_nearest("fine", view.across / 14.0, view.distance / 14.0)
    amount = smoothstep(1.0, 1.5, spots + 0.7 * patches) * smoothstep(9.0, 3.0, view.distance)
    amount = amount * smoothstep(0.08, 0.2, view.altitude)
    return blend(colour, linear_colour(code), 0.85 * amount)
