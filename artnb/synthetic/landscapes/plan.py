"""The decisions that make up one scene: what country, which season, what light."""

from dataclasses import dataclass

import numpy as np

from artnb.synthetic.landscapes.catalogue import (
    COUNTRIES,
    LIGHT_SHARES,
    LIGHTS,
    SEASONS,
    Country,
    Light,
    Season,
)
from artnb.synthetic.landscapes.noise import part_generator

# Where the sun stands across the picture when it is outside the view.
SUN_OUT_OF_VIEW = -9.0


def linear_colour(code: str) -> np.ndarray:
    """Turn a colour code such as ``"#80a0ff"`` into light, with a display gamma of 2.

    A gamma of 2 instead of 2.2 lets the way back be a square root, which is fast.

    Args:
        code: Colour as ``"#rrggbb"``.

    Returns:
        float32 array of shape (3,), values 0 to 1.
    """
    channels = [int(code[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
    return np.square(np.array(channels, np.float32))


@dataclass(frozen=True)
class Plan:
    """Everything that was decided about one scene before anything is drawn.

    `horizon` and `sun_across` are shares of the picture; `sun_direction` is a unit vector
    (right, up, away from the viewer); `offsets` shift the noise textures.
    """

    seed: int
    country: Country
    season: Season
    light: Light
    horizon: float
    eye: float
    hills: float
    mountains: float
    forest: float
    cloud_cover: float
    cloud_stretch: float
    sun_direction: np.ndarray
    sun_across: float
    snowy: bool
    has_path: bool
    snow_line: float
    offsets: np.ndarray

    @property
    def sun_in_view(self) -> bool:
        """Whether the sun itself stands within the picture."""
        return self.sun_across != SUN_OUT_OF_VIEW

    @property
    def leafy(self) -> bool:
        """Whether the woods of this country are of leaf trees and not of conifers."""
        return any(kind in self.country.kinds for kind in ("oak", "lime"))


def make_plan(seed: int) -> Plan:
    """Decide what the scene with this seed shows.

    Args:
        seed: Non-negative integer.

    Returns:
        The plan; it holds for every picture size.
    """
    generator = part_generator(seed, "plan")
    country = COUNTRIES[_choose(generator, {k: c.weight for k, c in COUNTRIES.items()})]
    season = SEASONS[country.seasons[generator.integers(len(country.seasons))]]
    light = LIGHTS[_choose(generator, LIGHT_SHARES)]
    if country.ground == "dunes" and light.sun_height[0] > 30.0:
        # Only a low sun brings out the shape of dunes.
        light = LIGHTS["golden"]
    sun_across, sun_direction = _place_sun(generator, light)
    cloudiness = (0.75, 1.0) if light is LIGHTS["overcast"] else (0.05, 0.62)
    return Plan(
        seed=seed,
        country=country,
        season=season,
        light=light,
        horizon=generator.uniform(*country.horizon),
        eye=generator.uniform(*country.eye),
        hills=generator.uniform(*country.hills),
        mountains=generator.uniform(*country.mountains),
        forest=generator.uniform(*country.forest),
        cloud_cover=generator.uniform(*cloudiness),
        cloud_stretch=generator.uniform(0.55, 2.4),
        sun_direction=sun_direction,
        sun_across=sun_across,
        snowy=season is SEASONS["winter"],
        has_path=country.water == "none" and generator.random() < 0.5,
        # Below 3.2 snow would lie on hills with green woods.
        snow_line=max(3.2, 4.0 + 2.2 * season.snow_level + generator.normal(0.0, 0.8)),
        offsets=generator.uniform(0.0, 1.0, (8, 2)),
    )


def _choose(generator: np.random.Generator, weights: dict[str, float]) -> str:
    shares = np.array(list(weights.values()))
    return list(weights)[generator.choice(len(shares), p=shares / shares.sum())]


def _place_sun(generator: np.random.Generator, light: Light) -> tuple[float, np.ndarray]:
    """Put the sun in front of the viewer or behind, and give where it stands and shines from."""
    height = np.radians(generator.uniform(*light.sun_height))
    ahead = generator.random() < light.sun_ahead
    side = generator.choice([-1.0, 1.0])
    # Angle from straight ahead: in the picture, or beside and a little behind the viewer.
    angle = side * (generator.uniform(0.05, 0.42) if ahead else generator.uniform(1.35, 2.3))
    direction = np.array(
        [np.sin(angle) * np.cos(height), np.sin(height), np.cos(angle) * np.cos(height)]
    )
    return (0.5 + np.tan(angle) if ahead else SUN_OUT_OF_VIEW), direction.astype(np.float32)
