"""Titles over pictures."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from artnb.drawing.grids import INK, PAPER, font

_MARGIN_PX = 10
_TITLE_PX, _NOTE_PX, _SMALLEST_PX = 20, 13, 9


def headed(sheet: Image.Image, title: str, notes: Sequence[str] = ()) -> Image.Image:
    """Put a title and smaller lines over a picture."""
    line_px = _NOTE_PX + 5
    head_px = _MARGIN_PX + _TITLE_PX + 8 + line_px * len(notes)
    headed = Image.new("RGB", (sheet.width, head_px + sheet.height), PAPER)
    draw = ImageDraw.Draw(headed)
    _write(draw, title, _MARGIN_PX, _TITLE_PX, sheet.width)
    for number, note in enumerate(notes):
        top = _MARGIN_PX + _TITLE_PX + 8 + number * line_px
        _write(draw, note, top, _NOTE_PX, sheet.width)
    headed.paste(sheet, (0, head_px))
    return headed


def _write(draw: ImageDraw.ImageDraw, text: str, top: int, size_px: int, width: int) -> None:
    """Write a line, smaller where the picture is narrow."""
    room = width - 2 * _MARGIN_PX
    while size_px > _SMALLEST_PX and draw.textlength(text, font(size_px)) > room:
        size_px -= 1
    draw.text((_MARGIN_PX, top), text, INK, font(size_px))
