"""Trees: a small stock of tree pictures, and planting them into a scene."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator
from PIL import Image

from artnb.synthetic.landscapes.ground import haze, sunlight
from artnb.synthetic.landscapes.noise import blend, part_generator, sample_smoothly, smoothstep
from artnb.synthetic.landscapes.plan import Plan, linear_colour
from artnb.synthetic.landscapes.terrain import FOCAL, View, land_height, woodland

STAMP_PX = 96
STAMPS_PER_KIND = 4

# Height in scene units and width as a share of the height.
SIZES = {
    "spruce": (0.95, 0.42),
    "pine": (0.9, 0.62),
    "cypress": (0.85, 0.24),
    "oak": (0.7, 1.0),
    "lime": (0.8, 0.78),
    "bush": (0.2, 1.3),
}
CONIFERS = ("spruce", "pine", "cypress")
TRUNK = "#4a3a2c"
MOST_GROUPS = 5


@cache
def tree_stamp(kind: str, variant: int) -> Image.Image:
    """Draw one tree of the stock.

    Args:
        kind: A key of `SIZES`.
        variant: Which of the trees of that kind.

    Returns:
        RGBA picture of 96 x 96 pixels: how far the leaves face right, how far they face
        up, how far they are leaves and not trunk, and how much covers what is behind.
    """
    generator = part_generator(variant, f"tree {kind}")
    down, across = np.mgrid[0:STAMP_PX, 0:STAMP_PX].astype(np.float32) / STAMP_PX + 0.5 / STAMP_PX
    rise, side = 1.0 - down, across * 2.0 - 1.0
    if kind in ("spruce", "cypress"):
        solid, right, up = _cone(generator, kind, rise, side)
    else:
        solid, right, up = _crown(generator, kind, rise, side)
    offset = generator.uniform(0.0, 1.0, 2)
    tuft = sample_smoothly("rough", across / 4.0 + offset[0], down / 4.0 + offset[1])
    speck = sample_smoothly("fine", across / 12.0 + offset[1], down / 12.0)
    leaves = smoothstep(-0.02, 0.10, solid + 0.07 * tuft + 0.05 * speck)
    trunk_width = 0.035 + 0.05 * np.clip(0.25 - rise, 0.0, 1.0)
    top = {"bush": 0.0, "pine": 0.7}.get(kind, 0.45)
    trunk = smoothstep(0.03, 0.0, np.abs(side + 0.05 * np.sin(rise * 7.0)) - trunk_width)
    trunk *= rise < top
    cover = np.maximum(leaves, trunk)
    right = right + 0.22 * tuft + 0.25 * speck
    up = up + 0.25 * tuft + 0.3 * speck
    planes = [right * 0.5 + 0.5, up * 0.5 + 0.5, leaves, cover]
    stamp = np.clip(np.stack(planes, axis=-1), 0.0, 1.0)
    return Image.fromarray((stamp * 255.0 + 0.5).astype(np.uint8), "RGBA")


def _cone(
    generator: Generator, kind: str, rise: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A spruce with hanging tiers, or a smooth cypress."""
    from_top = 1.0 - rise
    if kind == "cypress":
        half = 0.72 * np.sqrt(np.clip(from_top * 1.1, 0.0, 1.0)) * smoothstep(0.02, 0.2, rise)
        tier = np.zeros_like(rise)
    else:
        tiers = generator.uniform(7.0, 10.0)
        sway = 0.25 * np.sin(side * 9.0 + generator.uniform(0.0, 6.0))
        tier = (from_top**0.85 * tiers + 0.8 * np.abs(side) + sway) % 1.0
        half = (0.04 + 0.86 * from_top) * (0.62 + 0.38 * tier) * (rise > 0.07)
    right = np.clip(side / np.maximum(half, 0.05), -1.0, 1.0)
    return half - np.abs(side), right * 0.8, 0.35 - 0.7 * tier + 0.3 * rise


def _crown(
    generator: Generator, kind: str, rise: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A crown made of round clumps of leaves, each lit like a ball."""
    middle, tall = {"oak": (0.58, 0.28), "lime": (0.56, 0.34), "bush": (0.36, 0.25)}.get(
        kind, (0.72, 0.18)
    )
    solid = np.full_like(rise, -1.0)
    right, up = np.zeros_like(rise), np.zeros_like(rise)
    for _ in range(13):
        angle, reach = generator.uniform(0.0, 2.0 * np.pi), np.sqrt(generator.random())
        centre_side = 0.62 * reach * np.cos(angle)
        centre_rise = middle + tall * reach * np.sin(angle)
        radius = generator.uniform(0.20, 0.34)
        # The stamp is as high as wide here, yet sides run from -1 to 1: heights count double.
        to_right = (side - centre_side) / radius
        to_up = (rise - centre_rise) * 2.0 / radius
        ball = 1.0 - np.hypot(to_right, to_up)
        front = ball > solid
        solid = np.where(front, ball, solid)
        right = np.where(front, to_right * 0.6 + centre_side * 0.8, right)
        up = np.where(front, to_up * 0.6 + (centre_rise - middle) * 1.6, up)
    return solid * 0.3, right, up


@dataclass(frozen=True)
class Tree:
    """One planted tree; lengths are in scene units."""

    kind: str
    variant: int
    flipped: bool
    across: float
    distance: float
    foot: float
    tall: float
    colour: np.ndarray


def plant_trees(plan: Plan) -> list[Tree]:
    """Choose where trees stand, farthest first.

    Returns:
        The trees, all of them on open dry land.
    """
    generator = part_generator(plan.seed, "trees")
    country = plan.country
    count = int(generator.integers(country.trees[0], country.trees[1] + 1))
    group, column, distance = _group_places(generator, count)
    kinds = [country.kinds[generator.integers(len(country.kinds))] for _ in range(MOST_GROUPS)]
    across = column * distance / FOCAL
    foot = land_height(plan, across, distance)
    wooded = woodland(plan, across, distance, foot, np.zeros_like(foot))
    return [
        _grow(plan, generator, kinds[group[index]], across[index], distance[index], foot[index])
        for index in np.argsort(-distance, kind="stable")
        if 0.04 < foot[index] < 2.2 and wooded[index] < 0.4
    ]


def _group_places(generator: Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each tree's group, place across the picture (0 is the middle) and distance."""
    groups = int(generator.integers(2, MOST_GROUPS + 1))
    group_column = generator.uniform(-0.62, 0.62, groups)
    group_distance = generator.uniform(0.8, 2.6, groups)
    # The nearest group frames the view from one side and never hides its middle.
    side = generator.choice([-1.0, 1.0])
    group_column[0] = side * generator.uniform(0.3, 0.46)
    group_distance[0] = generator.uniform(0.15, 0.6)
    group = generator.integers(groups, size=count)
    distance = 2.1 * np.exp(group_distance[group] + generator.normal(0.0, 0.16, count))
    column = group_column[group] + generator.normal(0.0, 0.10, count)
    column = np.where(group == 0, side * np.maximum(np.abs(column), 0.24), column)
    return group, column, distance


def _grow(
    plan: Plan, generator: Generator, kind: str, across: float, distance: float, foot: float
) -> Tree:
    codes = plan.season.conifer if kind in CONIFERS else plan.season.leaves
    shade = np.float32(generator.uniform(0.8, 1.2))
    return Tree(
        kind=kind,
        variant=int(generator.integers(STAMPS_PER_KIND)),
        flipped=bool(generator.integers(2)),
        across=float(across),
        distance=float(distance),
        foot=float(foot),
        tall=SIZES[kind][0] * float(generator.uniform(0.7, 1.25)),
        colour=linear_colour(codes[generator.integers(len(codes))]) * shade,
    )


def draw_trees(
    plan: Plan, view: View, picture: np.ndarray, distance: np.ndarray, trees: list[Tree]
) -> None:
    """Draw trees over a picture, behind whatever stands nearer.

    Args:
        picture: float32 array of shape (size, size, 3), linear light; changed in place.
        distance: float32 array of shape (size, size), changed to the trees' distances.
    """
    for tree in trees:
        _draw_shadow(plan, view, picture, distance, tree)
    for tree in trees:
        _draw_tree(plan, view, picture, distance, tree)


def _box(
    view: View, plan: Plan, tree: Tree, wide: float, low: float, high: float
) -> tuple[int, int, int, int]:
    """Left, top, width and height in pixels of a box over a tree's foot, in scene units."""
    scale = FOCAL * view.size_px / tree.distance
    middle = (0.5 * view.size_px) + tree.across * scale
    ground = plan.horizon * view.size_px + (view.eye_level - tree.foot) * scale
    top, bottom = ground - high * scale, ground - low * scale
    left = middle - 0.5 * wide * scale
    return round(left), round(top), max(1, round(wide * scale)), max(2, round(bottom - top))


def _window(
    view: View, left: int, top: int, width: int, height: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Cut a box to the picture: slices of the picture, and of the box; None if outside."""
    rows = slice(max(top, 0), min(top + height, view.size_px))
    columns = slice(max(left, 0), min(left + width, view.size_px))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    inside = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    return (rows, columns), inside


def _draw_tree(
    plan: Plan, view: View, picture: np.ndarray, distance: np.ndarray, tree: Tree
) -> None:
    wide = tree.tall * SIZES[tree.kind][1]
    left, top, width, height = _box(view, plan, tree, wide, -0.02, tree.tall)
    window = _window(view, left, top, width, height)
    if window is None:
        return
    place, inside = window
    stamp = tree_stamp(tree.kind, tree.variant).resize((width, height), Image.Resampling.BILINEAR)
    planes = np.asarray(stamp, np.float32) / 255.0
    if tree.flipped:
        planes = planes[:, ::-1]
    right, up, leafy, cover = np.moveaxis(planes[inside], -1, 0)
    right, up = right * 2.0 - 1.0, up * 2.0 - 1.0
    lit = _tree_light(plan, tree, -right if tree.flipped else right, up, leafy)
    near = distance[place]
    # The 0.6 keeps the land that the tree stands on from hiding its foot.
    cover = cover * (near > tree.distance - 0.6)
    picture[place] += (lit - picture[place]) * cover[..., None]
    near[cover > 0.5] = tree.distance


def _tree_light(
    plan: Plan, tree: Tree, right: np.ndarray, up: np.ndarray, leafy: np.ndarray
) -> np.ndarray:
    """Light that comes from each point of a tree whose leaves face right and up so far."""
    bark, snow = linear_colour(TRUNK), linear_colour("#eef2f8")
    colour = blend(bark, tree.colour, leafy)
    if plan.snowy:
        colour = blend(colour, snow, smoothstep(0.05, 0.6, up))
    sun = plan.sun_direction
    # Light leaks through leaves, yet a tree against the sun stays dark in front.
    sunshine = 0.30 - 0.22 * sun[2] + right * sun[0] + up * (0.3 + 0.5 * sun[1])
    sunshine = np.clip(sunshine, 0.06, 1.1).ravel() * 0.9
    shade = (0.72 + 0.35 * up).ravel()[:, None]
    lit = colour.reshape(-1, 3) * sunlight(plan, sunshine) * shade
    return haze(plan, lit, np.full(len(lit), tree.distance, np.float32)).reshape(colour.shape)


def _draw_shadow(
    plan: Plan, view: View, picture: np.ndarray, distance: np.ndarray, tree: Tree
) -> None:
    """Darken the ground under a tree, drawn out to the side away from the sun."""
    sun = plan.sun_direction
    wide = tree.tall * SIZES[tree.kind][1] * 0.9
    length = min(float(np.hypot(sun[0], sun[2]) / sun[1]) * tree.tall, 2.5 * tree.tall)
    strong = plan.light.sun_strength > 0.5
    reach = length * float(-sun[0]) if strong else 0.0
    left, top, width, height = _box(
        view, plan, tree, wide + abs(reach), -0.45 * view.eye_level / tree.distance * wide, 0.03
    )
    scale = FOCAL * view.size_px / tree.distance
    window = _window(view, left + round(0.5 * reach * scale), top, width, height)
    if window is None:
        return
    place, (inside_rows, inside_columns) = window
    down = (np.arange(height)[inside_rows] + 0.5) / height * 2.0 - 1.0
    sideways = (np.arange(width)[inside_columns] + 0.5) / width * 2.0 - 1.0
    amount = smoothstep(1.0, 0.3, np.hypot(down[:, None], sideways[None, :]))
    amount = amount * (np.abs(distance[place] - tree.distance) < 1.2) * (0.55 if strong else 0.35)
    picture[place] *= (1.0 - amount * np.exp(-tree.distance / 20.0))[..., None]
