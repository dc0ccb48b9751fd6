"""What the notebook on collections shows, and what it finds clusters by without a network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artnb.collection.pictures import Clustered
from artnb.collection.plots import open_picture
from artnb.collection.table import Collection
from artnb.drawing.grids import captioned_grid, in_rows, titled_grid
from artnb.errors import InputError
from artnb.evaluation.measure import Measure
from artnb.pretrained.weights import weights_at_hand
from artnb.progress import Progress, silent

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
    """Show pictures of some rows, each with a line beneath.

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
        rows += in_rows([clustered.thumbnail(place) for place in places], _IN_A_ROW)
    sizes = ", ".join(f"{number}: {size:,}" for number, size in clusters.sizes.items())
    return titled_grid(rows, title=f"Clusters from top to bottom ({sizes})", edge_px=_SMALL_PX)


@contextmanager
def where_there_is_any() -> Iterator[None]:
    """Say in a line, rather than stop the notebook, that there is nothing of the kind to show."""
    try:
        yield
    except InputError as error:
        print(f"Nothing to show: {error}")


_CELLS, _GREY_LEVELS = 8, 255.0
# What brings colour, vividness and grain to about one scale. Pages are known by their lines, and
# statues by having no colour, so these weigh more than the palette does.
_COLOUR, _VIVIDNESS, _GRAIN = 0.3, 2.0, 30.0


class Thumbnails:
    """Features without a network: colour, vividness and grain of each of 64 parts of a picture.

    They know palette, light and composition, and nothing of things: a portrait is to them a light
    spot before a dark ground.
    """

    name, title = "thumbnails", "thumbnails"
    key = f"thumbnails 1 of {_CELLS} by {_CELLS}"

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None = None) -> np.ndarray:
        """Give features.

        Args:
            pictures: uint8 `(batch, height, width, 3)`, multiples of 8 pixels high and wide.
            sources: not looked at.

        Returns:
            float32 `(batch, 320)`.
        """
        values = pictures.astype(np.float32) / _GREY_LEVELS
        colours = _parts(values)
        grey = values.mean(axis=-1, keepdims=True)
        steps = np.abs(np.diff(grey, axis=1, append=grey[:, -1:]))
        features = (
            _COLOUR * (colours - 0.5),
            _VIVIDNESS * np.ptp(colours, axis=-1, keepdims=True),
            _GRAIN * _parts(steps),
        )
        return np.concatenate([feature.reshape(len(pictures), -1) for feature in features], axis=1)


def _parts(values: np.ndarray) -> np.ndarray:
    """Average `(batch, height, width, channels)` over each part, `(batch, 8, 8, channels)`."""
    count, height, width, channels = values.shape
    shape = (count, _CELLS, height // _CELLS, _CELLS, width // _CELLS, channels)
    return values.reshape(shape).mean(axis=(2, 4))


def network_or_thumbnails(
    fetch: bool = True, progress: Progress = silent, say: Callable[[str], None] = print
) -> Measure:
    """Take SqueezeNet to find clusters by, or thumbnails where its weights cannot be had.

    Args:
        fetch: fetch the weights where they are not at hand, 3 MB.
        progress: shows how far a download has got.
        say: gets a sentence about what was taken, and why.

    Returns:
        What gives features.
    """
    from artnb.evaluation.extractor import load_extractor

    why = "the weights of SqueezeNet are not here"
    if fetch or weights_at_hand("squeezenet"):
        try:
            return load_extractor("squeezenet", progress, say)
        except InputError as error:
            why = str(error)
    say(f"Clusters are found by thumbnails, which see palette and composition alone: {why}.")
    return Thumbnails()
