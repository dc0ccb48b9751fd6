"""Grids of pictures with titles, as Pillow images."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

PAPER = (250, 249, 246)
INK = (40, 40, 46)
_GAP_PX = 6
_MARGIN_PX = 16
# Small pictures are shown larger, so that a 96 px sample can be judged on a screen.
_SMALLEST_SHOWN_PX = 160


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Give the font that plots use too; Pillow's own has no arrow."""
    return ImageFont.truetype(
        Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf", size_px
    )


def shown_size(size_px: int) -> int:
    """Give the edge at which a picture is shown: whole multiples for small ones."""
    return size_px * max(1, -(-_SMALLEST_SHOWN_PX // size_px))


def in_rows(pictures: Sequence[np.ndarray | None], columns: int) -> list[list[np.ndarray | None]]:
    """Put pictures into rows of so many; the last one is filled up with empty places."""
    places = [*pictures, *[None] * (-len(pictures) % columns)]
    return [places[start : start + columns] for start in range(0, len(places), columns)]


def titled_grid(
    rows: Sequence[Sequence[np.ndarray | None]],
    columns: Sequence[str] = (),
    title: str = "",
    sections: Sequence[int] = (),
    edge_px: int | None = None,
) -> Image.Image:
    """Lay pictures out in rows and columns with a title over each column.

    Args:
        rows: uint8 `(height, width, 3)`; None leaves a place empty. Pictures of other shapes than
            squares keep their proportions, and a row is as high as the highest in it.
        columns: a title for each column, or nothing.
        title: a line over everything.
        sections: columns before which a wider gap tells groups apart.
        edge_px: of the square that each picture is fitted into; None takes the longer side of the
            first, or a multiple where that is small.

    Returns:
        An RGB image.
    """
    first = next(picture for row in rows for picture in row if picture is not None)
    edge = edge_px or shown_size(max(first.shape[:2]))
    shown = [[p if p is None else _fitted(p, edge) for p in row] for row in rows]
    lefts = _column_places(len(rows[0]), edge, sections)
    title_px = 30 if title else 0
    tops = _row_places(shown, _MARGIN_PX + title_px + (24 if columns else 0))
    size = (lefts[-1] + edge + _MARGIN_PX, tops[-1] - _GAP_PX + _MARGIN_PX)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    title_font = _font_that_fits(draw, title, 20, size[0] - 2 * _MARGIN_PX)
    draw.text((_MARGIN_PX, _MARGIN_PX - 4), title, INK, title_font)
    for left, text in zip(lefts, columns or [""] * len(lefts), strict=True):
        write_centred(draw, text, left + edge / 2, _MARGIN_PX + title_px + 2, edge + _GAP_PX)
    for row, (top, end) in zip(shown, pairwise(tops), strict=True):
        for left, picture in zip(lefts, row, strict=True):
            if picture is not None:
                right, down = edge - picture.width, end - _GAP_PX - top - picture.height
                sheet.paste(picture, (left + right // 2, top + down // 2))
    return sheet


def _fitted(picture: np.ndarray, edge: int) -> Image.Image:
    image = Image.fromarray(np.asarray(picture, np.uint8))
    if max(image.size) == edge:
        return image
    return ImageOps.contain(image, (edge, edge), Image.Resampling.BICUBIC)


def _row_places(rows: Sequence[Sequence[Image.Image | None]], top: int) -> list[int]:
    """Give the top of each row, and of one that would come next."""
    tops = [top]
    for row in rows:
        tops.append(tops[-1] + max((p.height for p in row if p), default=0) + _GAP_PX)
    return tops


def _column_places(count: int, edge: int, sections: Sequence[int]) -> list[int]:
    lefts, left = [], _MARGIN_PX
    for column in range(count):
        left += 3 * _GAP_PX if column in sections else 0
        lefts.append(left)
        left += edge + _GAP_PX
    return lefts


def write_centred(
    draw: ImageDraw.ImageDraw, text: str, centre: float, top: int, width: int
) -> None:
    """Write a line centred below a point, smaller where it would be wider than `width`."""
    draw.text((centre, top), text, INK, _font_that_fits(draw, text, 15, width), anchor="ma")


def _font_that_fits(
    draw: ImageDraw.ImageDraw, text: str, size_px: int, width: int
) -> ImageFont.FreeTypeFont:
    while size_px > 8 and draw.textlength(text, font(size_px)) > width:
        size_px -= 1
    return font(size_px)


def save_picture(image: Image.Image, path: Path) -> Path:
    """Write a picture, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path
