"""What invented pictures show: landscapes, things on a table, written pages, nothing."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from artnb.synthetic.collection.bodies import Relief
from artnb.synthetic.collection.epochs import (
    BAROQUE,
    CANVAS_PX,
    Epoch,
    code_colour,
    some_colour,
    wall,
)
from artnb.synthetic.landscapes.noise import noise_tile, sample_smoothly
from artnb.synthetic.landscapes.photo import SUPERSAMPLING, render_scene

_LINEN = "#f1ebdc"
_FRUITS = ("#c4472c", "#d9a032", "#8fa03c", "#b8562c", "#e0c060", "#6a2434")
_POTS = ("#8a6a48", "#b8b4a8", "#5c4030", "#7c8a8c")
_PAPERS = ("#eadfc2", "#e3d3ae", "#efe9d8", "#d9c8a2")
_INKS = ("#3a2a1c", "#2a2622", "#4a3020")
# Lines of a page lie within this part of the square, whatever it is cut to.
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.21, 0.79, 0.1, 0.9
_SYLLABLES = (
    *("ra", "ne", "li", "to", "ve", "mar", "qui", "sen", "do", "ta", "lor", "em"),
    *("us", "per", "il", "an", "bri", "cos", "et", "fa"),
)


def landscape(scene_seed: int) -> np.ndarray:
    """See a landscape in its natural colours.

    Args:
        scene_seed: of the scene.

    Returns:
        float32 `(n, n, 3)`, display values.
    """
    return render_scene(scene_seed, CANVAS_PX // SUPERSAMPLING).colour


def still_life(epoch: Epoch, generator: np.random.Generator) -> np.ndarray:
    """See a jug, fruit and perhaps a cloth on a table."""
    edge = generator.uniform(0.58, 0.68)
    ground = wall(epoch, generator)
    board = code_colour("#5a3d26" if epoch is BAROQUE else "#a08a68")
    rows = int(edge * CANVAS_PX)
    ground[rows:] = board * np.linspace(1.15, 0.7, CANVAS_PX - rows)[:, None, None]
    body = Relief(ground)
    jug = generator.uniform(0.22, 0.78)
    fruits = generator.uniform((0.14, 0.72), (0.86, 0.86), (int(generator.integers(4, 10)), 2))
    for x, y in ((jug, 0.76), *fruits):
        body.stain(x + 0.06, y + 0.055, 0.09, 0.022, (0.03, 0.02, 0.02), 0.65)
    _jug(body, jug, generator)
    if generator.random() < 0.6:
        cloth, x = code_colour(_LINEN), generator.uniform(0.2, 0.8)
        body.ball(x, 0.83, 0.2, 0.06, cloth, deep=0.05, before=-0.02, folds=0.9, lean=0.15)
    for x, y in sorted(fruits.tolist(), key=lambda place: place[1]):
        radius, fruit = generator.uniform(0.05, 0.09), some_colour(_FRUITS, generator)
        body.ball(x, y, radius, 0.94 * radius, fruit, before=0.5 * y, shine=0.5)
        body.stain(x, y - 0.7 * radius, 0.008, 0.006, (0.15, 0.1, 0.05), 0.8)
    return body.lit(epoch.light, epoch.ambient)


def _jug(body: Relief, across: float, generator: np.random.Generator) -> None:
    """Add a jug with a neck, or a bowl."""
    clay = some_colour(_POTS, generator)
    if generator.random() < 0.3:
        bowl = np.array((0.2, 0.2, 0.19, 0.17, 0.14, 0.09, 0.08))
        radii, top, mouth = bowl * generator.uniform(0.9, 1.15), 0.62, 0.19
    else:
        flask = np.array((0.055, 0.05, 0.045, 0.07, 0.105, 0.12, 0.115, 0.09, 0.07))
        radii, top, mouth = flask * generator.uniform(0.9, 1.5), generator.uniform(0.16, 0.4), 0.036
    body.turned(across, top, 0.78, tuple(radii), clay, shine=0.6)
    body.stain(across, top + 0.008, mouth, 0.006, (0.04, 0.03, 0.03), 0.85)


def page(generator: np.random.Generator) -> np.ndarray:
    """See a written page: lines of words that are none, sometimes with an initial."""
    paper, ink = some_colour(_PAPERS, generator), some_colour(_INKS, generator)
    sheet = Image.new("L", (CANVAS_PX, CANVAS_PX), 0)
    draw = ImageDraw.Draw(sheet)
    letter_px = int(generator.integers(8, 13))
    columns, left = int(generator.integers(1, 3)), _LEFT * CANVAS_PX
    width = ((_RIGHT - _LEFT) * CANVAS_PX - 14 * (columns - 1)) / columns
    for column in range(columns):
        _write(draw, left + column * (width + 14), width, letter_px, generator)
    if generator.random() < 0.4:
        top = _TOP * CANVAS_PX
        draw.rectangle((left, top, left + 34, top + 36), 0)
        draw.text((left + 3, top - 6), "QSM"[generator.integers(3)], 255, _letters(38))
    dark = np.asarray(sheet, np.float32)[..., None] / 255.0 * generator.uniform(0.7, 0.95)
    grid = np.arange(CANVAS_PX, dtype=np.float32) / (3 * CANVAS_PX) + generator.uniform()
    foxed = 1.0 + 0.025 * sample_smoothly(noise_tile("cloud"), grid[None, :], grid[:, None])
    return (paper + (ink - paper) * dark) * foxed[..., None]


def _write(draw: ImageDraw.ImageDraw, left: float, width: float, letter_px: int, generator) -> None:
    """Write a column; some lines end a paragraph."""
    font, first, last = _letters(letter_px), _TOP * CANVAS_PX, _BOTTOM * CANVAS_PX
    for top in np.arange(first, last, 1.55 * letter_px):
        limit = width * (generator.uniform(0.3, 0.8) if generator.random() < 0.12 else 1.0)
        line = ""
        while draw.textlength(longer := f"{line} {_word(generator)}".strip(), font) <= limit:
            line = longer
        draw.text((left, top), line, 255, font)


def _word(generator: np.random.Generator) -> str:
    return "".join(generator.choice(_SYLLABLES, generator.integers(1, 4)))


@cache
def _letters(size_px: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    return ImageFont.truetype(folder / "DejaVuSerif-Italic.ttf", size_px)


def blank(generator: np.random.Generator) -> np.ndarray:
    """See a primed canvas on which nothing is painted."""
    grain = generator.normal(0.0, 0.006, (CANVAS_PX, CANVAS_PX, 1)).astype(np.float32)
    return code_colour("#d8cdb4") + grain
