"""Contact walls: pictures of any size and kind, each with a line beneath."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from artnb.data.images import UnreadableImageError, decode_image
from artnb.drawing.grids import PAPER, write_centred

_MISSING = (226, 222, 214)
_GAP_PX = 10
_CAPTION_PX = 24


def contact_wall(
    pictures: Sequence[Image.Image | None],
    captions: Sequence[str],
    columns: int = 5,
    edge_px: int = 200,
) -> Image.Image:
    """Hang pictures in their own proportions, with a caption beneath each.

    Args:
        pictures: of any size; None leaves an empty frame.
        captions: one for each.
        columns: how many in a row.
        edge_px: of the square that each is fitted into.

    Returns:
        An RGB image.
    """
    rows = -(-len(pictures) // columns)
    pitch, row_pitch = edge_px + _GAP_PX, edge_px + _CAPTION_PX + _GAP_PX
    size = (columns * pitch + _GAP_PX, rows * row_pitch + _GAP_PX)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left = _GAP_PX + number % columns * pitch
        top = _GAP_PX + number // columns * row_pitch
        if picture is None:
            draw.rectangle((left, top, left + edge_px, top + edge_px), outline=_MISSING, width=2)
        else:
            shown = ImageOps.contain(picture, (edge_px, edge_px))
            place = (left + (edge_px - shown.width) // 2, top + (edge_px - shown.height) // 2)
            sheet.paste(shown, place)
        write_centred(draw, caption, left + edge_px / 2, top + edge_px + 4, edge_px)
    return sheet


def wall_of_files(paths: Sequence[Path], treated: bool = True, columns: int = 5) -> Image.Image:
    """Hang picture files with their names.

    Args:
        paths: the files; those that are no pictures get an empty frame.
        treated: as a Dataset takes them, upright and in RGB; otherwise as the bytes have them,
            as programs show them that look at neither EXIF nor transparency.
        columns: how many in a row.

    Returns:
        An RGB image.
    """
    read = decode_image if treated else _as_stored
    return contact_wall([_or_none(read, p) for p in paths], [p.name for p in paths], columns)


def _or_none(read, path: Path) -> Image.Image | None:
    try:
        return read(path.read_bytes())
    except UnreadableImageError:
        return None


def _as_stored(data: bytes) -> Image.Image:
    decode_image(data)  # refuses what is no picture
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")
