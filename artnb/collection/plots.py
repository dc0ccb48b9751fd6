"""What cleaning, clusters and pairs look like: sheets, maps and plots."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image, ImageDraw

from artnb.collection.borders import Box, read_box
from artnb.collection.clean import REPEATS
from artnb.collection.clusters import Clusters
from artnb.collection.layout import lay_out
from artnb.collection.pairing import Pairing
from artnb.collection.pictures import Clustered
from artnb.collection.table import Collection
from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.drawing.figures import COLOURS, calm, new_figure
from artnb.drawing.grids import in_rows, titled_grid
from artnb.errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

_EDGE_PX, _SMALL_PX = 200, 128
_CUT = (214, 39, 140)
_PAIRS_IN_A_ROW = 3
_IN_A_ROW = 8
# t-SNE and a plot say little more with more points.
_MOST_POINTS = 2000
_LITTLE_PX, _CELLS = 40, 7
# X and Y, in bars as on the map.
_X_Y = (COLOURS[1], COLOURS[0])


def draw_crops(collection: Collection, most: int = 30, seed: int = 0) -> Image.Image:
    """Show what would be cut: each picture with a rectangle, and beside it what would be left.

    Args:
        collection: whose table has `crop`.
        most: how many; of more, some are drawn by lot.
        seed: of the lot.

    Returns:
        An RGB sheet.

    Raises:
        InputError: nothing is to be cut.
    """
    table = collection.table
    crops = table["crop"] if "crop" in table.columns else []
    boxes = {place: box for place, crop in enumerate(crops) if (box := read_box(crop))}
    if not boxes:
        raise InputError("no picture has anything to cut; clean the collection first")
    pairs = []
    for place in _some(list(boxes), most, seed):
        image = open_picture(collection, table["file"].iloc[place])
        if image is not None:
            pairs.append((_with_rectangle(image, boxes[place]), _fitted(boxes[place].crop(image))))
    if not pairs:
        raise InputError(f"none of the pictures can be read; check {collection.images}")
    title = f"{len(boxes):,} pictures with a border"
    return _sheet_of_pairs(pairs, ["where it is cut", "what is left"], title, len(boxes))


def draw_repeats(collection: Collection, most: int = 30, seed: int = 0) -> Image.Image:
    """Show near-duplicates: each picture that is left out beside the one that it repeats.

    Args:
        collection: after cleaning.
        most: how many; of more, some are drawn by lot.
        seed: of the lot.

    Returns:
        An RGB sheet.

    Raises:
        InputError: nothing repeats anything.
    """
    table = collection.table
    files = dict(zip(table["id"], table["file"], strict=True))
    repeating = table[table["reason"].str.startswith(REPEATS)].set_index("id")["reason"]
    pairs = [(reason.removeprefix(REPEATS), row) for row, reason in repeating.items()]
    pairs = [pair for pair in pairs if pair[0] in files]
    if not pairs:
        raise InputError("no picture repeats another; clean the collection first")
    pictures = [
        [_thumbnail(collection, files[row]) for row in pair] for pair in _some(pairs, most, seed)
    ]
    title = f"{len(pairs):,} pictures repeat another"
    return _sheet_of_pairs(pictures, ["kept", "left out"], title, len(pairs))


def _sheet_of_pairs(
    pairs: list[Sequence[np.ndarray | None]], titles: list[str], title: str, of: int
) -> Image.Image:
    """Lay pairs out, three in a row, under a title that says how many of all of them it shows."""
    titles = titles * min(_PAIRS_IN_A_ROW, len(pairs))
    title += f", {len(pairs)} of them" if len(pairs) < of else ""
    rows = in_rows([picture for pair in pairs for picture in pair], len(titles))
    return titled_grid(rows, titles, title, sections=(2, 4), edge_px=_EDGE_PX)


def _some(items: list, most: int, seed: int) -> list:
    if len(items) <= most:
        return items
    chosen = np.random.default_rng(seed).choice(len(items), most, replace=False)
    return [items[place] for place in sorted(chosen)]


def open_picture(collection: Collection, file: str) -> Image.Image | None:
    """Open a row's picture; None where there is none that can be read."""
    try:
        return decode_image(collection.path_of(file).read_bytes())
    except (OSError, UnreadableImageError):
        return None


def _thumbnail(collection: Collection, file: str) -> np.ndarray | None:
    image = open_picture(collection, file)
    return None if image is None else _fitted(image)


def _fitted(image: Image.Image) -> np.ndarray:
    image.thumbnail((_EDGE_PX, _EDGE_PX))
    return np.asarray(image)


def _with_rectangle(image: Image.Image, box: Box) -> np.ndarray:
    """Draw what is left as a rectangle, lines outside it, one or two pixels wide when shown."""
    scale = min(1.0, _EDGE_PX / max(image.size))
    size = tuple(max(1, round(side * scale)) for side in image.size)
    shown = image.resize(size, Image.Resampling.LANCZOS)
    left, top = int(box.left * scale), int(box.top * scale)
    right, bottom = int(np.ceil(box.right * scale)), int(np.ceil(box.bottom * scale))
    edges = (max(0, left - 1), max(0, top - 1), min(size[0] - 1, right), min(size[1] - 1, bottom))
    ImageDraw.Draw(shown).rectangle(edges, outline=_CUT)
    return np.asarray(shown)


def draw_cluster(clustered: Clustered, cluster: int, seed: int = 0) -> Image.Image:
    """Show a cluster: two rows of the pictures nearest its centre, and one drawn by lot.

    Args:
        clustered: pictures in clusters.
        cluster: its number.
        seed: of the lot.

    Returns:
        An RGB sheet.

    Raises:
        InputError: there is no such cluster.
    """
    clusters = clustered.clusters
    if cluster not in clusters.sizes:
        raise InputError(f"clusters are numbered 1 to {clusters.count}, got {cluster}")
    places = clusters.nearest_first(cluster).tolist()
    middle, others = places[: 2 * _IN_A_ROW], places[2 * _IN_A_ROW :]
    rows = [
        *in_rows([clustered.thumbnail(place) for place in middle], _IN_A_ROW),
        *in_rows([clustered.thumbnail(p) for p in _some(others, _IN_A_ROW, seed)], _IN_A_ROW),
    ]
    title = f"Cluster {cluster}: {len(places):,} pictures; nearest its middle, and below by lot"
    return titled_grid(rows, title=title, edge_px=_SMALL_PX)


def draw_counts(clusters: Clusters) -> Figure:
    """Draw silhouette and inertia by the number of clusters; the one taken is marked."""
    figure = new_figure(9, 3.4)
    texts = (("silhouette", clusters.silhouettes), ("inertia a picture", clusters.inertias))
    for panel, (name, values) in zip(figure.subplots(1, 2), texts, strict=True):
        calm(panel, title=name, xlabel="clusters")
        panel.plot(list(values), list(values.values()), "o-", color=COLOURS[1])
        panel.axvline(clusters.count, color=COLOURS[0], linewidth=1, linestyle="--")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def draw_map(clustered: Clustered, seed: int = 0, by_set: bool = False) -> Figure:
    """Draw all pictures as points, near where they are alike, with thumbnails at some.

    Args:
        clustered: pictures in clusters.
        seed: of the map, and of the sample where there are more than 2,000 pictures.
        by_set: colour points by what they are of, X or Y, rather than by cluster.

    Returns:
        A map by t-SNE. Near means alike; distances between far groups mean nothing. It is made
        once and kept in the cache of this machine.
    """
    clusters = clustered.clusters
    places = np.array(_some(list(range(len(clusters.labels))), _MOST_POINTS, seed))
    across = lay_out(clusters.points[places], seed)
    figure = new_figure(11, 8.5)
    panel = figure.subplots()
    panel.set_axis_off()
    numbers = clustered.set_of_each if by_set else clusters.labels
    names = [of_set.pictures.name for of_set in clustered.sets]
    known = sorted(set(numbers.tolist()))
    colours = {n: _X_Y[n] if by_set else _colour(rank) for rank, n in enumerate(known)}
    for number, colour in colours.items():
        mine = across[numbers[places] == number]
        name = names[number] if by_set else f"cluster {number}"
        label = f"{name} ({(numbers == number).sum():,})"
        panel.scatter(*mine.T, s=20, color=colour, label=label, linewidths=0)
    for place in _spread_out(across):
        picture = clustered.thumbnail(int(places[place]))
        if picture is not None:
            _pin(panel, across[place], picture, colours[int(numbers[places[place]])])
    figure.legend(loc="outside lower center", ncols=6, frameon=False, fontsize=9)
    return figure


def _colour(rank: int) -> str:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return COLOURS[rank] if rank < len(COLOURS) else to_hex(colormaps["tab20"](rank % 20))


def _spread_out(across: np.ndarray) -> list[int]:
    """Choose points that lie apart: of every cell of a grid, the one nearest its middle."""
    low, high = across.min(axis=0), across.max(axis=0)
    inside = (across - low) / np.maximum(high - low, 1e-9) * _CELLS
    cell = np.minimum(inside.astype(int), _CELLS - 1)
    off = np.linalg.norm(inside - cell - 0.5, axis=1)
    nearest: dict[tuple, int] = {}
    for place in np.argsort(-off, kind="stable"):
        nearest[tuple(cell[place])] = int(place)
    return sorted(nearest.values())


def _pin(panel: Axes, point: np.ndarray, picture: np.ndarray, colour: str) -> None:
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    small = np.asarray(Image.fromarray(picture).resize((_LITTLE_PX, _LITTLE_PX)))
    frame = {"edgecolor": colour, "linewidth": 2}
    pinned = AnnotationBbox(OffsetImage(small), point, pad=0.05, bboxprops=frame)
    pinned.set_in_layout(False)
    panel.add_artist(pinned)


def draw_shares(counts: "DataFrame", most: int = 20) -> Figure:
    """Draw how values, such as genres, fall into clusters.

    Args:
        counts: see `artnb.collection.pictures.share_by`.
        most: values that are shown, the most frequent first.

    Returns:
        A heat map: a row for each value, shares of it, with the counts written in.
    """
    shown = counts.iloc[:most]
    shares = shown.to_numpy() / shown.to_numpy().sum(axis=1, keepdims=True)
    figure = new_figure(2.5 + 0.62 * shown.shape[1], 1.2 + 0.34 * len(shown))
    panel = figure.subplots()
    panel.imshow(shares, cmap="Oranges", vmin=0, vmax=1, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        count = int(shown.iat[row, column])
        text = f"{count:,}" if count else ""
        colour = "white" if share > 0.6 else "0.2"
        panel.text(column, row, text, ha="center", va="center", fontsize=8, color=colour)
    panel.set_xticks(range(shown.shape[1]), list(shown.columns))
    panel.set_yticks(range(len(shown)), list(shown.index))
    panel.set(xlabel="cluster", title=f"{shown.index.name or 'values'} by cluster")
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0)
    return figure


def draw_pairing(pairing: Pairing) -> Figure:
    """Draw the share of each side in each cluster; those to take on both are in bold."""
    shares = pairing.shares
    figure = new_figure(1.5 + 0.8 * len(shares), 3.6)
    title = f"{pairing.distance:.2f} apart, by chance up to {pairing.by_chance:.2f}"
    panel = calm(figure.subplots(), title=title, xlabel="cluster (bold: of both)")
    for side, name in enumerate(pairing.names):
        places = np.arange(len(shares)) + 0.4 * side - 0.2
        panel.bar(places, shares[:, side], 0.38, color=_X_Y[side], label=name)
    numbers = range(1, len(shares) + 1)
    panel.set_xticks(range(len(shares)), numbers)
    for number, label in zip(numbers, panel.get_xticklabels(), strict=True):
        label.set_fontweight("bold" if number in pairing.of_both else "normal")
    panel.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    panel.legend(frameon=False, fontsize=9)
    return figure
