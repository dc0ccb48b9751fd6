"""Pictures of collections side by side: rows of a table, and all clusters at a glance."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image

from artnb.collection.plots import open_picture, seen_at
from artnb.collection.sides import Clustered
from artnb.collection.table import Collection
from artnb.drawing.grids import captioned_grid, in_rows, titled_grid
from artnb.errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

_IN_A_ROW, _SMALL_PX = 10, 112
_EDGE_PX, _LETTERS = 150, 34


def draw_rows(
    collection: Collection,
    rows: "DataFrame",
    most: int = 14,
    caption: str = "title",
    columns: int = 7,
) -> Image.Image:
    """Hang pictures of some rows, each with a line beneath.

    Args:
        collection: whose folder of images they are in.
        rows: of its table.
        most: how many; of more, some are taken evenly.
        caption: the column that the lines are of.
        columns: how many in a row.

    Returns:
        An RGB image; what cannot be read is an empty frame.

    Raises:
        InputError: there are no rows.
    """
    if not len(rows):
        raise InputError("there is no such picture to show; choose other rows")
    places = [number * len(rows) // min(most, len(rows)) for number in range(min(most, len(rows)))]
    shown = rows.iloc[places]
    pictures = [open_picture(collection, file) for file in shown["file"]]
    captions = [t if len(t) <= _LETTERS else f"{t[: _LETTERS - 1]}…" for t in shown[caption]]
    return captioned_grid(pictures, captions, min(columns, len(shown)), _EDGE_PX)


def draw_clusters(clustered: Clustered) -> Image.Image:
    """Show all clusters at a glance: of each the pictures nearest its middle, a row.

    Args:
        clustered: pictures in clusters.

    Returns:
        An RGB sheet; cluster 1, the largest, is on top.
    """
    clusters = clustered.clusters
    rows = []
    for number in clusters.sizes:
        places = clusters.nearest_first(number).tolist()[:_IN_A_ROW]
        rows += in_rows([seen_at(clustered, place) for place in places], _IN_A_ROW)
    sizes = ", ".join(f"{number}: {size:,}" for number, size in clusters.sizes.items())
    return titled_grid(rows, title=f"Clusters from top to bottom ({sizes})", edge_px=_SMALL_PX)


@contextmanager
def where_there_is_any() -> Iterator[None]:
    """Say in a line, rather than stop the notebook, that there is nothing of the kind to show."""
    try:
        yield
    except InputError as error:
        print(f"Nothing to show: {error}")
