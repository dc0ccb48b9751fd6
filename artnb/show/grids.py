"""Grids of pictures with titles, as Pillow images."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

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


def titled_grid(
    rows: Sequence[Sequence[np.ndarray | None]],
    columns: Sequence[str] = (),
    title: str = "",
    sections: Sequence[int] = (),
) -> Image.Image:
    """Lay pictures out in rows and columns with a title over each column.

    Args:
        rows: uint8 `(height, width, 3)` squares of one size; None leaves a place empty.
        columns: a title for each column, or nothing.
        title: a line over everything.
        sections: columns before which a wider gap tells groups apart.

    Returns:
        An RGB image.
    """
    edge = shown_size(next(p.shape[0] for row in rows for p in row if p is not None))
    lefts = _column_places(len(rows[0]), edge, sections)
    title_px = 30 if title else 0
    top = _MARGIN_PX + title_px + (24 if columns else 0)
    height = top + len(rows) * (edge + _GAP_PX) - _GAP_PX + _MARGIN_PX
    sheet = Image.new("RGB", (lefts[-1] + edge + _MARGIN_PX, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN_PX, _MARGIN_PX - 4), title, INK, font(20))
    for left, text in zip(lefts, columns or [""] * len(lefts), strict=True):
        write_centred(draw, text, left + edge / 2, _MARGIN_PX + title_px + 2, edge + _GAP_PX)
    for number, row in enumerate(rows):
        for left, picture in zip(lefts, row, strict=True):
            if picture is not None:
                shown = _enlarged(picture, edge)
                sheet.paste(shown, (left, top + number * (edge + _GAP_PX)))
    return sheet


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
    size_px = 15
    while size_px > 8 and draw.textlength(text, font(size_px)) > width:
        size_px -= 1
    draw.text((centre, top), text, INK, font(size_px), anchor="ma")


def _enlarged(picture: np.ndarray, edge: int) -> Image.Image:
    image = Image.fromarray(np.asarray(picture, np.uint8))
    return image.resize((edge, edge), Image.Resampling.BICUBIC) if image.width != edge else image


def save_picture(image: Image.Image, path: Path) -> Path:
    """Write a picture, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path
