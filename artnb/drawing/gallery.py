"""Pictures hung side by side: walls of many, and photos beside their paintings."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from artnb.data.images import decode_image, list_images
from artnb.drawing.grids import PAPER, in_rows, titled_grid
from artnb.errors import InputError

_GAP_PX = 8


def wall(
    pictures: Sequence[np.ndarray], columns: int, title: str = "", edge_px: int | None = None
) -> Image.Image:
    """Hang pictures in rows, in their own proportions.

    Args:
        pictures: uint8 `(height, width, 3)` each.
        columns: how many in a row; the last row may stay short.
        title: a line over everything.
        edge_px: of the square that each is fitted into; see `titled_grid`.

    Returns:
        An RGB image.
    """
    return titled_grid(in_rows(pictures, columns), title=title, edge_px=edge_px)


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
    edge = (width_px - _GAP_PX) // 2
    pairs = list(islice(_pairs(photos, paintings), count))
    if not pairs:
        raise InputError(f"{paintings} holds no painting of {photos}; translate them first")
    rows = [[_fitted(path, edge) for path in pair] for pair in pairs]
    heights = [max(picture.height for picture in row) for row in rows]
    sheet = Image.new("RGB", (width_px, sum(heights) + _GAP_PX * (len(rows) - 1)), PAPER)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for left, picture in zip((0, edge + _GAP_PX), row, strict=True):
            sheet.paste(picture, (left + (edge - picture.width) // 2, top))
        top += height + _GAP_PX
    return sheet


def _pairs(photos: Path, paintings: Path) -> Iterator[tuple[Path, Path]]:
    """Find photos and paintings of one name, whatever their file formats."""
    folder = photos if photos.is_dir() else photos.parent
    painted = {path.relative_to(paintings).with_suffix(""): path for path in list_images(paintings)}
    for photo in list_images(photos) if photos.is_dir() else [photos]:
        painting = painted.get(photo.relative_to(folder).with_suffix(""))
        if painting:
            yield photo, painting


def _fitted(path: Path, edge: int) -> Image.Image:
    return ImageOps.contain(decode_image(path.read_bytes()), (edge, edge))
