"""What a scene shows: the kinds of light, season and country, and the choice among them."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from artnb.synthetic.landscapes.noise import part_generator

# Where the sun stands across the picture when it is outside the view.
SUN_OUT_OF_VIEW = -9.0


@dataclass(frozen=True)
class Light:
    """One kind of daylight; colours are codes, the sun's height is in degrees."""

    zenith: str
    horizon: str
    sun: str
    ambient: str
    haze: str
    cloud_lit: str
    cloud_shade: str
    sun_height: tuple[float, float]
    sun_strength: float
    ambient_strength: float
    clear_distance: float
    sun_ahead: float


@dataclass(frozen=True)
class Season:
    """The colours of growing things, as codes; `snow_level` shifts where snow begins."""

    grass: tuple[str, str, str]
    conifer: tuple[str, ...]
    leaves: tuple[str, ...]
    crops: tuple[str, ...]
    flowers: tuple[str, ...]
    snow_level: float


@dataclass(frozen=True)
class Country:
    """One kind of landscape; pairs are the range that a scene draws its value from.

    Lengths are in units of about ten metres; the ground near the viewer lies at
    `ground_level` above the water.
    """

    weight: float
    horizon: tuple[float, float]
    eye: tuple[float, float]
    ground_level: float
    ground_roughness: float
    hills: tuple[float, float]
    mountains: tuple[float, float]
    water: str
    forest: tuple[float, float]
    trees: tuple[int, int]
    kinds: tuple[str, ...]
    ground: str
    seasons: tuple[str, ...]


# fmt: off
LIGHTS = {
    "morning": Light(
        zenith="#6c9ccb", horizon="#f1e2cd", sun="#ffdcb0", ambient="#98aecd", haze="#d6dde2",
        cloud_lit="#fff3e2", cloud_shade="#b4bac9", sun_height=(16.0, 28.0), sun_strength=1.25,
        ambient_strength=0.62, clear_distance=34.0, sun_ahead=0.3,
    ),
    "noon": Light(
        zenith="#2f6db5", horizon="#bfd9ea", sun="#fff3dd", ambient="#9dbade", haze="#b9d0e4",
        cloud_lit="#fffefa", cloud_shade="#a9b5c6", sun_height=(42.0, 62.0), sun_strength=1.35,
        ambient_strength=0.55, clear_distance=75.0, sun_ahead=0.0,
    ),
    "golden": Light(
        zenith="#5a86b8", horizon="#f3d7a4", sun="#ffc47a", ambient="#8f9cc0", haze="#dcc4a4",
        cloud_lit="#ffe9c4", cloud_shade="#a99fae", sun_height=(12.0, 22.0), sun_strength=1.6,
        ambient_strength=0.5, clear_distance=52.0, sun_ahead=0.35,
    ),
    "sunset": Light(
        zenith="#40528a", horizon="#f6a25e", sun="#ff9450", ambient="#8a88ae", haze="#c79a96",
        cloud_lit="#ffb27a", cloud_shade="#7a6683", sun_height=(4.0, 9.0), sun_strength=1.5,
        ambient_strength=0.52, clear_distance=85.0, sun_ahead=0.9,
    ),
    "overcast": Light(
        zenith="#98a3af", horizon="#d5dadd", sun="#eef0f2", ambient="#c6c9cc", haze="#c4cbd1",
        cloud_lit="#e3e6e8", cloud_shade="#8b949f", sun_height=(40.0, 60.0), sun_strength=0.45,
        ambient_strength=0.95, clear_distance=42.0, sun_ahead=0.0,
    ),
}
SEASONS = {
    "spring": Season(
        grass=("#5d7f32", "#8fae48", "#a9b765"), conifer=("#33502f", "#2c4a38"),
        leaves=("#7d9f3e", "#93ad4c", "#5f8a3a", "#e4c4cb"),
        crops=("#8fb04a", "#6d9440", "#d9c93f", "#8a6f4e"),
        flowers=("#f4f1e6", "#f0d84a", "#d977a4"), snow_level=-0.6,
    ),
    "summer": Season(
        grass=("#48682b", "#78924a", "#a39a58"), conifer=("#2a452a", "#264036"),
        leaves=("#4f7530", "#61813a", "#3f6530"),
        crops=("#c9ad5c", "#7f9a45", "#dcc277", "#8d78b5", "#5f8038"),
        flowers=("#d2382f", "#f3ecd9", "#7d6cc0"), snow_level=0.4,
    ),
    "autumn": Season(
        grass=("#6d6a34", "#998a4a", "#b89f62"), conifer=("#33482c", "#2d4034"),
        leaves=("#c98a2e", "#b5602a", "#d9a83e", "#8f7a35", "#a04428"),
        crops=("#a8874f", "#8a6a48", "#c2a45e", "#7d8146"), flowers=("#b58a3a", "#d8c69a"),
        snow_level=-0.2,
    ),
    "winter": Season(
        grass=("#dfe5ec", "#eef1f4", "#c9d0d3"), conifer=("#33453c", "#3d5048"),
        leaves=("#8d7f72", "#a39a92"), crops=("#e6ebf0", "#d6dde4", "#c4bfb4"), flowers=(),
        snow_level=-9.0,
    ),
}
COUNTRIES = {
    "alpine_lake": Country(
        weight=1.5, horizon=(0.42, 0.55), eye=(0.5, 1.1), ground_level=0.16,
        ground_roughness=0.10, hills=(0.5, 1.4), mountains=(8.0, 19.0), water="lake",
        forest=(0.2, 0.9), trees=(6, 22), kinds=("spruce", "spruce", "pine"), ground="grass",
        seasons=("spring", "summer", "autumn", "winter"),
    ),
    "meadow": Country(
        weight=1.2, horizon=(0.40, 0.58), eye=(0.35, 0.8), ground_level=0.4,
        ground_roughness=0.14, hills=(0.6, 1.8), mountains=(0.0, 5.0), water="none",
        forest=(0.0, 0.5), trees=(5, 18), kinds=("oak", "lime", "bush"), ground="grass",
        seasons=("spring", "summer", "autumn"),
    ),
    "farmland": Country(
        weight=1.2, horizon=(0.30, 0.46), eye=(1.0, 2.0), ground_level=0.5, ground_roughness=0.16,
        hills=(1.0, 2.6), mountains=(0.0, 3.0), water="none", forest=(0.0, 0.35), trees=(10, 26),
        kinds=("cypress", "oak", "lime", "bush"), ground="fields",
        seasons=("spring", "summer", "autumn"),
    ),
    "coast": Country(
        weight=1.2, horizon=(0.36, 0.56), eye=(0.5, 1.2), ground_level=0.25,
        ground_roughness=0.05, hills=(0.3, 1.2), mountains=(1.0, 9.0), water="sea",
        forest=(0.0, 0.5), trees=(2, 10), kinds=("pine", "pine", "bush", "cypress"),
        ground="sand", seasons=("spring", "summer", "autumn"),
    ),
    "dunes": Country(
        weight=0.4, horizon=(0.36, 0.52), eye=(0.5, 1.1), ground_level=0.5, ground_roughness=0.08,
        hills=(0.3, 0.8), mountains=(0.0, 4.0), water="none", forest=(0.0, 0.0), trees=(0, 4),
        kinds=("bush",), ground="dunes", seasons=("summer",),
    ),
    "river": Country(
        weight=1.3, horizon=(0.34, 0.50), eye=(0.7, 1.5), ground_level=0.18,
        ground_roughness=0.09, hills=(0.6, 2.0), mountains=(2.0, 12.0), water="river",
        forest=(0.1, 0.8), trees=(8, 24), kinds=("spruce", "oak", "lime", "bush", "cypress"),
        ground="grass", seasons=("spring", "summer", "autumn", "winter"),
    ),
    "woods": Country(
        weight=1.0, horizon=(0.40, 0.55), eye=(0.5, 1.0), ground_level=0.4, ground_roughness=0.16,
        hills=(0.8, 2.4), mountains=(3.0, 13.0), water="none", forest=(0.8, 1.3), trees=(14, 34),
        kinds=("spruce", "spruce", "oak", "pine"), ground="grass",
        seasons=("spring", "summer", "autumn", "winter"),
    ),
}
# fmt: on
LIGHT_SHARES = {"morning": 0.2, "noon": 0.30, "golden": 0.24, "sunset": 0.17, "overcast": 0.09}


def code_colour(code: str) -> np.ndarray:
    """Turn a code such as ``"#80a0ff"`` into float32 display values, shape (3,), 0 to 1."""
    channels = [int(code[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
    return np.array(channels, np.float32)


def linear_colour(code: str) -> np.ndarray:
    """Turn a code such as ``"#80a0ff"`` into float32 light, shape (3,), 0 to 1.

    The display gamma is 2 instead of 2.2, which lets the way back be a square root: fast.
    """
    return np.square(code_colour(code))


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


def _choose(generator: Generator, weights: dict[str, float]) -> str:
    shares = np.array(list(weights.values()))
    return list(weights)[generator.choice(len(shares), p=shares / shares.sum())]


def _place_sun(generator: Generator, light: Light) -> tuple[float, np.ndarray]:
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
