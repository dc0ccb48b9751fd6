"""Grids of pictures as Pillow images: with titles, with captions, by kind, before and after."""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.listing import list_images, picture_stem
from artnb.errors import InputError
from artnb.files import unfinished_file

Row = Sequence[np.ndarray | None]

PAPER = (250, 249, 246)
INK = (40, 40, 46)
_EMPTY_FRAME = (226, 222, 214)
_GAP_PX = 6
_MARGIN_PX = 16
# Between pictures that have captions, and what a caption takes.
_CAPTIONED_GAP_PX, _CAPTION_PX = 10, 24
_PAIR_GAP_PX = 8
# Small pictures are shown larger, so that a 96 px sample can be judged on a screen.
_SMALLEST_SHOWN_PX = 160
# Real, fake, reconstructed and identity.
_KINDS = 4


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
    rows: Sequence[Row],
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


def picture_grid(
    pictures: Sequence[np.ndarray], columns: int, title: str = "", edge_px: int | None = None
) -> Image.Image:
    """Lay pictures out in rows, in their own proportions.

    Args:
        pictures: uint8 `(height, width, 3)` each.
        columns: how many in a row; the last row may stay short.
        title: a line over everything.
        edge_px: of the square that each is fitted into; see `titled_grid`.

    Returns:
        An RGB image.
    """
    return titled_grid(in_rows(pictures, columns), title=title, edge_px=edge_px)


def draw_four_kinds(
    left: Sequence[Row],
    right: Sequence[Row],
    names: tuple[str, str],
    title: str = "",
    edge_px: int | None = None,
) -> Image.Image:
    """Show real, fake, reconstructed and identity, from X on the left and from Y on the right.

    Args:
        left: rows of four uint8 `(height, width, 3)`: real x, fake y, cycled x, same x.
        right: rows likewise from Y; there may be more or fewer, or none.
        names: of X and Y.
        title: a line over everything.
        edge_px: of the square that each is fitted into; see `titled_grid`.

    Returns:
        An RGB image.
    """
    x, y = names
    if not right:
        return titled_grid(left, _titles(x, y), title, edge_px=edge_px)
    count, empty = max(len(left), len(right)), [None] * _KINDS
    filled = [[*rows, *[empty] * (count - len(rows))] for rows in (left, right)]
    rows = [[*there, *back] for there, back in zip(*filled, strict=True)]
    titles = [*_titles(x, y), *_titles(y, x)]
    return titled_grid(rows, titles, title, sections=(_KINDS,), edge_px=edge_px)


def _titles(source: str, target: str) -> list[str]:
    return [source, f"→ {target}", f"back to {source}", f"identity: {source} → {source}"]


def captioned_grid(
    pictures: Sequence[Image.Image | None],
    captions: Sequence[str],
    columns: int = 5,
    edge_px: int = 200,
) -> Image.Image:
    """Lay pictures out in their own proportions, with a caption beneath each.

    Args:
        pictures: of any size; None leaves an empty frame.
        captions: one for each.
        columns: how many in a row.
        edge_px: of the square that each is fitted into.

    Returns:
        An RGB image.
    """
    rows = -(-len(pictures) // columns)
    pitch, row_pitch = edge_px + _CAPTIONED_GAP_PX, edge_px + _CAPTION_PX + _CAPTIONED_GAP_PX
    size = (columns * pitch + _CAPTIONED_GAP_PX, rows * row_pitch + _CAPTIONED_GAP_PX)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left = _CAPTIONED_GAP_PX + number % columns * pitch
        top = _CAPTIONED_GAP_PX + number // columns * row_pitch
        if picture is None:
            draw.rectangle(
                (left, top, left + edge_px, top + edge_px), outline=_EMPTY_FRAME, width=2
            )
        else:
            shown = ImageOps.contain(picture, (edge_px, edge_px))
            place = (left + (edge_px - shown.width) // 2, top + (edge_px - shown.height) // 2)
            sheet.paste(shown, place)
        write_centred(draw, caption, left + edge_px / 2, top + edge_px + 4, edge_px)
    return sheet


def grid_of_files(paths: Sequence[Path], treated: bool = True, columns: int = 5) -> Image.Image:
    """Show picture files with their names.

    Args:
        paths: the files; those that are no pictures get an empty frame.
        treated: as a Dataset takes them, upright and in RGB; otherwise as the bytes have them,
            as programs show them that look at neither EXIF nor transparency.
        columns: how many in a row.

    Returns:
        An RGB image.
    """
    read = decode_image if treated else _as_stored
    return captioned_grid([_or_none(read, p) for p in paths], [p.name for p in paths], columns)


def _or_none(read: Callable[[bytes], Image.Image], path: Path) -> Image.Image | None:
    try:
        return read(path.read_bytes())
    except UnreadableImageError:
        return None


def _as_stored(data: bytes) -> Image.Image:
    decode_image(data)  # refuses what is no picture
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def before_and_after(
    photos: Path, paintings: Path, count: int = 4, width_px: int = 1000
) -> Image.Image:
    """Show photos on the left and their paintings on the right, in their own proportions.

    Args:
        photos: what was translated: one file, or a folder.
        paintings: the folder that `translate` wrote to.
        count: how many pairs at most.
        width_px: of the whole.

    Returns:
        An RGB image.

    Raises:
        InputError: none of the photos has a painting there.
    """
    edge = (width_px - _PAIR_GAP_PX) // 2
    pairs = list(islice(_pairs(photos, paintings), count))
    if not pairs:
        raise InputError(f"{paintings} holds no painting of {photos}; translate them first")
    rows = [[_opened(path, edge) for path in pair] for pair in pairs]
    heights = [max(picture.height for picture in row) for row in rows]
    sheet = Image.new("RGB", (width_px, sum(heights) + _PAIR_GAP_PX * (len(rows) - 1)), PAPER)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for left, picture in zip((0, edge + _PAIR_GAP_PX), row, strict=True):
            sheet.paste(picture, (left + (edge - picture.width) // 2, top))
        top += height + _PAIR_GAP_PX
    return sheet


def _pairs(photos: Path, paintings: Path) -> Iterator[tuple[Path, Path]]:
    """Find photos and paintings of one name, whatever their file formats."""
    folder = photos if photos.is_dir() else photos.parent
    painted = {_bare(path, paintings): path for path in list_images(paintings)}
    for photo in list_images(photos) if photos.is_dir() else [photos]:
        painting = painted.get(_bare(photo, folder))
        if painting:
            yield photo, painting


def _bare(path: Path, folder: Path) -> Path:
    return path.relative_to(folder).with_name(picture_stem(path.name))


def _opened(path: Path, edge: int) -> Image.Image:
    return ImageOps.contain(decode_image(path.read_bytes()), (edge, edge))


def save_picture(image: Image.Image, path: Path) -> Path:
    """Write a picture, whole or not at all, making its folder; the name says which format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_file(path) as unfinished:
        image.save(unfinished, Image.registered_extensions()[path.suffix.lower()])
    return path
