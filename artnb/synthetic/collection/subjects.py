"""What invented pictures show: people, busts, landscapes, things on a table, pages, nothing.

Places of people are counted from the middle of the face, which is about a quarter as wide as the
picture.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from artnb.synthetic.collection.bodies import Relief
from artnb.synthetic.collection.epochs import BAROQUE, CANVAS_PX, Epoch, backdrop, some_colour
from artnb.synthetic.landscapes.noise import pixel_middles, sample_square
from artnb.synthetic.landscapes.photo import SUPERSAMPLING, render_scene
from artnb.synthetic.landscapes.plan import code_colour

_SKINS = ("#e8bd9a", "#dba984", "#c98f68", "#efcaa9")
_HAIRS = ("#2a1a10", "#4a2d18", "#7a5028", "#a88a58", "#9a948a")
_COATS = {
    "Baroque": ("#1c1a1c", "#3a2418", "#5a1c18", "#2a2a1e", "#4a3420", "#26323a"),
    "Realism": ("#3c4048", "#4f4a3c", "#6a5a44", "#39433a", "#7a7464", "#54423a", "#8a4a3a"),
}
_CURTAINS = ("#6a1c16", "#2c3a24", "#5a4420", "#2a3444")
_LINEN, _FELT, _CRAVAT = "#f1ebdc", "#17130f", "#1d1c20"
_MARBLES = ("#e9e6df", "#dcd8cf", "#d9dadb", "#c9beaa")
_PLAIN = ("#56627a", "#2c2e3e", "#8a7e66", "#6f8090", "#453a2c")
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


def portrait(epoch: Epoch, generator: Generator) -> np.ndarray:
    """See somebody who sits for a portrait.

    Args:
        epoch: whose light and clothes.
        generator: of who it is.

    Returns:
        float32 `(n, n, 3)`, display values.
    """
    origin = generator.uniform((0.42, 0.34), (0.58, 0.46))
    body = Relief(backdrop(epoch, generator), tuple(origin), generator.uniform(0.82, 1.25))
    if generator.random() < (0.4 if epoch is BAROQUE else 0.15):
        _curtain(body, generator)
    skin, hair = some_colour(_SKINS, generator), some_colour(_HAIRS, generator)
    _shoulders(body, some_colour(_COATS[epoch.name], generator), generator)
    if generator.random() < 0.3:
        _neckline(body, skin)
    elif epoch is BAROQUE:
        _lace(body, generator)
    else:
        _shirt(body, generator)
    turn = _head(body, skin, generator)
    _hair(body, turn, hair, generator.random() < (0.75 if epoch is BAROQUE else 0.35), generator)
    kind = generator.random()
    if kind < 0.3:
        _hat(body, generator.uniform(0.17, 0.27))
    elif kind < 0.6:
        _beard(body, turn, hair)
    return body.lit(epoch.light, epoch.ambient)


def statue(generator: Generator) -> np.ndarray:
    """See the photograph of a bust on its foot, before a plain ground."""
    ground = some_colour(_PLAIN, generator) * (1.12 - 0.3 * pixel_middles(CANVAS_PX))[:, None, None]
    ground = np.broadcast_to(ground, (CANVAS_PX, CANVAS_PX, 3))
    origin = generator.uniform((0.44, 0.34), (0.56, 0.48))
    body = Relief(ground, tuple(origin), generator.uniform(0.75, 1.1))
    marble = some_colour(_MARBLES, generator)
    foot = (0.09, 0.07, 0.065, 0.08, 0.15, 0.16, 0.16, 0.16)
    body.turned(0.0, 0.43, 0.72, foot, marble, before=-0.05)
    body.ball(0.0, 0.38, 0.2, 0.15, marble, deep=0.14, before=-0.05, folds=0.3)
    for side in (-1, 1):
        body.ball(0.15 * side, 0.36, 0.09, 0.1, marble, before=-0.06, lean=side * 0.5)
    turn = _head(body, marble, generator)
    _hair(body, turn, 0.98 * marble, generator.random() < 0.3, generator)
    if generator.random() < 0.4:
        _beard(body, turn, marble)
    body.colour[:] = np.where(body.seen, _as_stone(body.colour, marble), ground)
    side = generator.choice([-1.0, 1.0])
    return body.lit((generator.uniform(0.3, 0.9) * side, -0.6, 0.7), 0.3)


def _as_stone(colour: np.ndarray, marble: np.ndarray) -> np.ndarray:
    return 0.8 * colour.mean(axis=-1, keepdims=True) + 0.2 * marble


def _curtain(body: Relief, generator: Generator) -> None:
    cloth, side = some_colour(_CURTAINS, generator), generator.choice([-1.0, 1.0])
    for x, wide in ((0.42, 0.13), (0.32, 0.07), (0.52, 0.1)):
        body.ball(side * x, -0.1, wide, 0.75, cloth, deep=0.06, before=-0.5, folds=0.5, lean=0.06)


def _shoulders(body: Relief, coat: np.ndarray, generator: Generator) -> None:
    wide, slope = generator.uniform(0.3, 0.4), generator.uniform(0.0, 0.05)
    body.ball(0.0, 0.63, wide, 0.43, coat, deep=0.2, before=-0.12, folds=0.35)
    for side in (-1, 1):
        x = 0.75 * side * wide
        body.ball(x, 0.62 + slope, 0.17, 0.35, coat, deep=0.16, before=-0.1, folds=0.45)


def _neckline(body: Relief, skin: np.ndarray) -> None:
    """Leave the neck free, with a string of pearls."""
    body.ball(0.0, 0.28, 0.15, 0.075, skin, deep=0.06, before=0.04)
    for place in np.linspace(-1.0, 1.0, 11):
        x, y = 0.085 * place, 0.235 - 0.03 * place**2
        body.ball(x, y, 0.009, 0.009, code_colour(_LINEN), before=0.1, shine=0.4)


def _lace(body: Relief, generator: Generator) -> None:
    """Lay a collar on the shoulders, or put a ruff around the neck."""
    linen = code_colour(_LINEN)
    if generator.random() < 0.35:
        for place in np.linspace(-1.0, 1.0, 19):
            y, before = 0.215 - 0.035 * place**2, 0.05 - 0.04 * abs(place)
            body.ball(0.19 * place, y, 0.014, 0.048, linen, before=before, lean=0.5 * place)
        return
    wide = generator.uniform(0.08, 0.135)
    for side in (-1, 1):
        x, lean = 0.68 * side * wide, 0.45 * side
        body.ball(x, 0.265, wide, 0.05, linen, deep=0.05, before=0.045, lean=lean, folds=0.15)


def _shirt(body: Relief, generator: Generator) -> None:
    linen = code_colour(_LINEN)
    for side in (-1, 1):
        body.ball(0.04 * side, 0.245, 0.028, 0.06, linen, before=0.06, lean=-side * 0.5)
    if generator.random() < 0.6:
        body.ball(0.0, 0.295, 0.028, 0.03, code_colour(_CRAVAT), before=0.075)


def _head(body: Relief, skin: np.ndarray, generator: Generator) -> float:
    """Add neck and head; gives how far the face is turned."""
    turn, wide = generator.uniform(-0.045, 0.045), generator.uniform(0.112, 0.13)
    body.ball(0.0, 0.19, 0.082, 0.13, skin, before=-0.02)
    body.ball(0.0, 0.0, wide, 0.165, skin, deep=0.13, before=0.04)
    body.ball(turn, 0.09, 0.082, generator.uniform(0.062, 0.082), skin, before=0.09)
    for side in (-1, 1):
        _eye(body, turn + 0.043 * side, -0.012, skin)
        blush = np.minimum(skin * (1.1, 0.8, 0.75), 1.0)
        body.stain(turn + 0.055 * side, 0.05, 0.024, 0.02, blush, 0.5)
    nose = 1.4 * turn
    body.ball(nose, 0.012, 0.016, 0.05, skin, before=0.155, deep=0.018)
    body.ball(nose, 0.048, 0.021, 0.017, 0.97 * skin, before=0.16, deep=0.02)
    body.stain(nose, 0.068, 0.018, 0.006, 0.4 * skin, 0.6)
    body.stain(turn, 0.094, 0.026, 0.008, skin * (0.62, 0.3, 0.3), 0.9)
    body.stain(turn, 0.092, 0.024, 0.0025, (0.16, 0.06, 0.05), 0.75)
    return turn


def _eye(body: Relief, x: float, y: float, skin: np.ndarray) -> None:
    body.stain(x, y - 0.004, 0.022, 0.013, 0.45 * skin, 0.65)
    body.stain(x, y, 0.0075, 0.006, (0.08, 0.05, 0.04), 0.95)
    body.stain(x, y - 0.024, 0.022, 0.0035, 0.3 * skin, 0.75)


def _hair(
    body: Relief, turn: float, hair: np.ndarray, long_hair: bool, generator: Generator
) -> None:
    crown = generator.uniform(0.07, 0.095)
    body.ball(-turn, -0.105, 0.132, crown, hair, deep=0.15, before=0.03)
    length = generator.uniform(0.12, 0.22)
    for side in (-1, 1):
        body.ball(0.113 * side - turn, -0.03, 0.034, 0.1, hair, before=0.05, folds=0.3)
        if long_hair:
            x, lean = 0.135 * side - turn, -0.12 * side
            body.ball(x, 0.1, 0.06, length, hair, before=0.03, lean=lean, folds=0.5)


def _hat(body: Relief, brim: float) -> None:
    felt = code_colour(_FELT)
    body.ball(0.0, -0.19, 0.13, 0.1, felt, before=0.06)
    body.ball(0.0, -0.115, brim, 0.042, felt, deep=0.2, before=0.08)


def _beard(body: Relief, turn: float, hair: np.ndarray) -> None:
    body.ball(turn, 0.145, 0.066, 0.062, hair, deep=0.06, before=0.125, folds=0.4)
    for side in (-1, 1):
        body.ball(turn + 0.022 * side, 0.078, 0.028, 0.009, hair, before=0.165, lean=side * 0.3)


def landscape(scene_seed: int) -> np.ndarray:
    """See a landscape in its natural colours.

    Args:
        scene_seed: of the scene.

    Returns:
        float32 `(n, n, 3)`, display values.
    """
    return render_scene(scene_seed, CANVAS_PX // SUPERSAMPLING).colour


def still_life(epoch: Epoch, generator: Generator) -> np.ndarray:
    """See a jug, fruit and perhaps a cloth on a table."""
    edge = generator.uniform(0.58, 0.68)
    ground = backdrop(epoch, generator)
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


def _jug(body: Relief, across: float, generator: Generator) -> None:
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


def page(generator: Generator) -> np.ndarray:
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
    foxed = 1.0 + 0.025 * sample_square("cloud", grid)
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


def _word(generator: Generator) -> str:
    return "".join(generator.choice(_SYLLABLES, generator.integers(1, 4)))


@cache
def _letters(size_px: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    return ImageFont.truetype(folder / "DejaVuSerif-Italic.ttf", size_px)


def blank(generator: Generator) -> np.ndarray:
    """See a primed canvas on which nothing is painted."""
    grain = generator.normal(0.0, 0.006, (CANVAS_PX, CANVAS_PX, 1)).astype(np.float32)
    return code_colour("#d8cdb4") + grain
