"""The four kinds of picture that generators are judged by, side by side in both directions."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from artnb.drawing.grids import titled_grid

Row = Sequence[np.ndarray | None]
_KINDS = 4


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
