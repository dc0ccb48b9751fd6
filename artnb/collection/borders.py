"""Borders around pictures: margins, passe-partouts, bars and frames, and where to cut.

A missed border costs less than a cut painting: what could be a calm sky, a strip of sea or a dark
background stays.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from artnb.errors import InputError

# Longer sides are scaled down to this before borders are sought.
_WORKING_PX = 512
# At least this share of the picture's area must be left, or nothing is cut.
SMALLEST_REMAINDER = 0.4
# No side may lose more than this share of the picture's width or height in one round.
_DEEPEST = 0.3
# A margin around a frame around a passe-partout are three rounds.
_ROUNDS = 4
# What a person writes for a picture of which nothing shall be cut.
WHOLE = "none"
# How far the middle 80 % of a line's grey levels may lie apart. JPEG's noise and uneven light
# stay within the first; the grain of wood and the shine of gilding within the second.
_PLAIN_SPREAD, _FRAME_SPREAD = 18.0, 60.0
# A border ends where at least this share of a line differs by so many grey levels, and by more
# than half of its own unevenness: waves on water are uneven too. A margin of more than a quarter
# all around leaves too little of the line, and is missed; with less, dark pictures would be cut.
_EDGE_SHARE, _EDGE_STEP = 0.5, 10.0
# Borders of one picture have one colour, within so many grey levels.
_SAME_COLOUR = 40.0
# Bars: a side alone is only a border where it is black or white, flat, and thin.
_BAR_SPREAD, _BAR_DARK, _BAR_LIGHT, _BAR_DEEPEST = 4.0, 12.0, 243.0, 0.15
# The widest side of a frame over its narrowest.
_MOST_UNEVEN = 3.0


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels: `right` and `bottom` are the first behind it."""

    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        return f"{self.left} {self.top} {self.right} {self.bottom}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top

    def crop(self, image: Image.Image) -> Image.Image:
        """Cut it out of a picture."""
        return image.crop((self.left, self.top, self.right, self.bottom))


def read_box(text: str, whose: str = "crop") -> Box | None:
    """Read what a table says is to be cut out of a picture.

    Args:
        text: `"left top right bottom"` in pixels of the upright picture; nothing, or `"none"`,
            leaves it whole.
        whose: names it in errors.

    Raises:
        InputError: it is neither.
    """
    words = text.split()
    if words in ([], [WHOLE]):
        return None
    if len(words) == 4 and all(word.isdecimal() for word in words):
        box = Box(*map(int, words))
        if min(box.size) > 0:
            return box
    raise InputError(
        f'{whose} must be "left top right bottom" in pixels or "{WHOLE}", got {text!r}; '
        "the right side lies behind the left, the bottom below the top"
    )


@dataclass(frozen=True)
class _Side:
    """A border that one side may have: how deep, of what colour, how uneven."""

    depth: int
    colour: np.ndarray
    spread: float


_NONE = _Side(0, np.zeros(3), 0.0)


def find_inside(image: Image.Image, smallest_remainder: float = SMALLEST_REMAINDER) -> Box | None:
    """Find what lies inside a picture's borders.

    Two kinds of border are known. A plain one is nearly of one colour along each of its lines and
    ends in a straight edge; it counts where two sides have it in one colour, or where a thin bar
    is black or white. A frame may be as uneven as wood is, but must be on all four sides, alike
    in colour and about as wide. Borders within borders are found one after the other.

    Args:
        image: RGB.
        smallest_remainder: share of the area that must be left.

    Returns:
        The inside, of the picture's own pixels, rounded inwards; None where there is no border,
        or where less than `smallest_remainder` would be left.
    """
    scale = max(1.0, max(image.size) / _WORKING_PX)
    small = image
    if scale > 1:
        size = tuple(max(1, round(side / scale)) for side in image.size)
        small = image.resize(size, Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32)
    height, width = pixels.shape[:2]
    box = Box(0, 0, width, height)
    for _ in range(_ROUNDS):
        inner = _without_border(pixels, box)
        if inner == box:
            break
        box = inner
    if box == Box(0, 0, width, height):
        return None
    found = _scaled(box, (width, height), image.size)
    area = found.size[0] * found.size[1]
    return found if area >= smallest_remainder * image.width * image.height else None


def _scaled(box: Box, small: tuple[int, int], size: tuple[int, int]) -> Box:
    """Give a box of the small picture in the large one's pixels, without the lines that mix."""
    mixed = 0 if small == size else 1
    across, down = size[0] / small[0], size[1] / small[1]
    return Box(
        int(np.ceil((box.left + mixed) * across)) if box.left else 0,
        int(np.ceil((box.top + mixed) * down)) if box.top else 0,
        int((box.right - mixed) * across) if box.right < small[0] else size[0],
        int((box.bottom - mixed) * down) if box.bottom < small[1] else size[1],
    )


def _without_border(pixels: np.ndarray, box: Box) -> Box:
    """Take away one border, if there is one."""
    inside = pixels[box.top : box.bottom, box.left : box.right]
    depths = _plain_depths(inside) or _frame_depths(inside)
    if not depths:
        return box
    left, top, right, bottom = depths
    return Box(box.left + left, box.top + top, box.right - right, box.bottom - bottom)


def _sides(pixels: np.ndarray, spread: float) -> list[list[_Side]]:
    """Find where borders may end on the left, top, right and bottom side."""
    across = pixels.transpose(1, 0, 2)
    views = (across, pixels, across[::-1], pixels[::-1])
    return [_ends(lines, spread) for lines in views]


def _plain_depths(pixels: np.ndarray) -> list[int]:
    sides = [ends[0] if ends else _NONE for ends in _sides(pixels, _PLAIN_SPREAD)]
    lengths = (pixels.shape[1], pixels.shape[0]) * 2
    depths = [
        side.depth if _has_company(side, sides) or _is_bar(side, length) else 0
        for side, length in zip(sides, lengths, strict=True)
    ]
    return depths if any(depths) else []


def _frame_depths(pixels: np.ndarray) -> list[int]:
    sides = _sides(pixels, _FRAME_SPREAD)
    if not all(sides):
        return []
    # On some sides a passe-partout may seem to be part of the frame: the narrowest is none.
    narrowest = min((ends[0] for ends in sides), key=lambda side: side.depth)
    depths = [
        next((side.depth for side in ends if _is_alike(side, narrowest)), 0) for ends in sides
    ]
    return depths if all(depths) else []


def _is_alike(side: _Side, narrowest: _Side) -> bool:
    return side.depth <= _MOST_UNEVEN * narrowest.depth and _same_colour(side, narrowest)


def _has_company(side: _Side, sides: list[_Side]) -> bool:
    """Say whether another side has a border of the same colour."""
    others = (other for other in sides if other is not side and other.depth)
    return side.depth > 0 and any(_same_colour(side, other) for other in others)


def _is_bar(side: _Side, length: int) -> bool:
    grey, flat = side.colour, side.spread <= _BAR_SPREAD
    extreme = bool((grey <= _BAR_DARK).all() or (grey >= _BAR_LIGHT).all())
    return 0 < side.depth <= _BAR_DEEPEST * length and flat and extreme


def _same_colour(one: _Side, other: _Side) -> bool:
    return bool(np.abs(one.colour - other.colour).max() <= _SAME_COLOUR)


def _ends(lines: np.ndarray, most_spread: float) -> list[_Side]:
    """Find where a border may end that begins with the first of a picture's lines.

    Args:
        lines: `(depth, length, 3)`, the outermost first.
        most_spread: that a line of the border may have.

    Returns:
        Borders up to each straight edge that lies before any uneven line, the deepest first.
    """
    deepest = int(_DEEPEST * len(lines))
    if deepest < 1 or lines.shape[1] < 8 or _spreads(lines[:1])[1][0] > most_spread:
        return []
    lines = lines[: deepest + 3]
    colours, spreads = _spreads(lines)
    uneven = spreads > most_spread
    even = int(uneven.argmax()) if uneven.any() else len(lines)
    return [
        _Side(depth, colours[:depth].mean(axis=0), float(spreads[:depth].max()))
        for depth in range(min(even, deepest), 0, -1)
        if _is_edge(lines, colours, depth, max(_EDGE_STEP, float(spreads[depth - 1]) / 2))
    ]


def _spreads(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each line's median colour, and how far the middle 80 % of its grey levels lie apart."""
    places = [int(share * (lines.shape[1] - 1)) for share in (0.1, 0.5, 0.9)]
    low, middle, high = np.partition(lines, places, axis=1)[:, places].swapaxes(0, 1)
    return middle, (high - low).max(axis=1)


def _is_edge(lines: np.ndarray, colours: np.ndarray, depth: int, step: float) -> bool:
    """Say whether most of the lines behind differ from the border's last whole line."""
    # Scaling and JPEG spread an edge over two or three lines.
    behind = lines[min(depth + 1, len(lines) - 1)]
    before = colours[max(0, depth - 2)]
    differs = np.abs(behind - before).max(axis=1) > step
    return bool(differs.mean() >= _EDGE_SHARE)
