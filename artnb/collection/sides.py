"""Pictures of collections as a network sees them: read with their crop, measured, clustered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from artnb.collection.borders import read_box
from artnb.collection.clusters import Clusters, find_clusters, unit_rows
from artnb.collection.table import Collection, keeps
from artnb.data.images import UnreadableImageError, decode_image, fit_square
from artnb.errors import InputError
from artnb.evaluation.measure import Cache, Measure, Measured, measure, open_cache
from artnb.evaluation.pictures import Seen
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

if TYPE_CHECKING:
    from pandas import DataFrame

# Edge that pictures are brought to before they are measured; networks resize to their own.
MEASURED_PX = 256
# Of what two sides differ by in the mean, so much is taken away before they are clustered
# together. Nothing would leave clusters of photos and clusters of paintings; all of it would hide
# that one side shows only portraits. By half, 300 Monets and 1,000 landscape photos share their
# clusters, and portraits still stand apart from landscapes.
_TAKEN_AWAY = 0.5


@dataclass(frozen=True, eq=False)
class Side:
    """Some pictures of a collection.

    Args:
        name: for people, such as `"x"` or `"Baroque"`.
        collection: that they are in.
        rows: of its table, those in use.
    """

    name: str
    collection: Collection
    rows: "DataFrame"

    def __post_init__(self) -> None:
        if not len(self.rows):
            raise InputError(
                f"{self.name} has no picture in use that is there yet; fetch or choose some"
            )

    @property
    def resize(self) -> str:
        """Say how pictures are brought to one size before they are measured."""
        return f"{MEASURED_PX} px square of the crop (Lanczos, middle)"

    @property
    def names(self) -> list[str]:
        """The ids."""
        return list(self.rows["id"])

    @cached_property
    def keys(self) -> list[str]:
        """A key for each: the hash of the file and what is cut out of it."""
        return list(in_parallel(self._key, range(len(self.rows))))

    def _key(self, place: int) -> str:
        try:
            digest = hashlib.sha256(self._bytes(place)).hexdigest()
        except OSError:
            digest = f"nothing at {self.rows['file'].iloc[place]}"
        crop = self._crop(place)
        return f"{digest}{f' cut to {crop}' if crop else ''} at {MEASURED_PX} px"

    def _crop(self, place: int) -> str:
        return self.rows["crop"].iloc[place] if "crop" in self.rows.columns else ""

    def _bytes(self, place: int) -> bytes:
        return self.collection.path_of(self.rows["file"].iloc[place]).read_bytes()

    def read(self, places: Sequence[int]) -> list[Seen | UnreadableImageError]:
        """Read some of them, cropped, in threads."""
        return list(in_parallel(self._read, places))

    def _read(self, place: int) -> Seen | UnreadableImageError:
        try:
            image = decode_image(self._bytes(place))
        except UnreadableImageError as error:
            return error
        except OSError as error:
            return UnreadableImageError(str(error))
        box = read_box(self._crop(place))
        return Seen(np.asarray(fit_square(box.crop(image) if box else image, MEASURED_PX)))

    def thumbnail(self, row_id: str) -> np.ndarray | None:
        """Give a picture as it is measured, uint8 `(256, 256, 3)`; None where it cannot be read."""
        seen = self._read(self._places[row_id])
        return seen.picture if isinstance(seen, Seen) else None

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row_id: place for place, row_id in enumerate(self.names)}


def side_of(collection: Collection, name: str = "", rows: "DataFrame | None" = None) -> Side:
    """Take those pictures of a collection that are in use and there.

    Args:
        collection: the collection.
        name: for people; the folder's without one.
        rows: some of its table; None takes all.

    Raises:
        InputError: there are none.
    """
    rows = collection.table if rows is None else rows
    used = rows[keeps(rows) & (rows["file"] != "")]
    return Side(name or collection.folder.resolve().name, collection, used)


@dataclass(frozen=True, eq=False)
class ClusteredSide:
    """One side with the clusters of its pictures.

    Args:
        side: the pictures.
        ids: of those that could be read.
        labels: the cluster of each, int `(n,)`.
        unreadable: ids and reasons of the others.
    """

    side: Side
    ids: tuple[str, ...]
    labels: np.ndarray
    unreadable: tuple[tuple[str, str], ...]

    def write(self, collection: Collection) -> Collection:
        """Give a collection with these clusters in its table; other rows keep theirs."""
        table = collection.table.copy()
        numbers = dict(zip(self.ids, self.labels.tolist(), strict=True))
        table["cluster"] = table["id"].map(numbers).astype("Int64").fillna(table["cluster"])
        return collection.with_table(table)


@dataclass(frozen=True, eq=False)
class Clustered:
    """One side, or two together, in clusters.

    Args:
        sides: with their labels.
        clusters: of all their pictures, side after side.
    """

    sides: tuple[ClusteredSide, ...]
    clusters: Clusters

    def side_at(self, place: int) -> tuple[Side, str]:
        """Give the side and the id of a picture by its place among all."""
        for clustered in self.sides:
            if place < len(clustered.ids):
                return clustered.side, clustered.ids[place]
            place -= len(clustered.ids)
        raise IndexError(place)

    @property
    def domains(self) -> np.ndarray:
        """The number of the side that each picture is of, int `(n,)`."""
        return np.repeat(range(len(self.sides)), [len(side.ids) for side in self.sides])


def cluster_sides(
    sides: Sequence[Side],
    extractor: Measure,
    count: int | None = None,
    seed: int = 0,
    cache: Cache | None = None,
    progress: Progress = silent,
) -> Clustered:
    """Cluster the pictures of one side, or of two together.

    Args:
        sides: whose pictures; of two, half of what they differ by in the mean is taken away
            first, so that clusters are of what is shown rather than of photos and paintings.
        extractor: gives features, see `artnb.evaluation.extractors.load_extractor`.
        count: how many clusters; None takes what the silhouettes suggest.
        seed: the same gives the same clusters, whatever the order of the rows.
        cache: features that were measured before; None opens this machine's.
        progress: shows how far it has got.

    Raises:
        InputError: there are too few pictures, or none can be read.
    """
    cache = cache or open_cache()
    measured = [measure(side, [extractor], cache, progress) for side in sides]
    features = _moved_together([m.numbers[extractor.key] for m in measured])
    keys = [side.keys[place] for side, m in zip(sides, measured, strict=True) for place in m.places]
    clusters = find_clusters(features, keys, count, seed)
    ends = np.cumsum([len(m) for m in measured])
    labels = np.split(clusters.labels, ends[:-1])
    return Clustered(tuple(map(_clustered_side, sides, measured, labels)), clusters)


def _clustered_side(side: Side, measured: Measured, labels: np.ndarray) -> ClusteredSide:
    return ClusteredSide(side, measured.names, labels, measured.unreadable)


def _moved_together(features: Sequence[np.ndarray]) -> np.ndarray:
    """Move each side's features half of the way to the mean of all sides."""
    units = [unit_rows(rows) for rows in features]
    means = [rows.mean(axis=0) for rows in units]
    middle = np.mean(means, axis=0)
    moved = [
        rows - middle - _TAKEN_AWAY * (mean - middle)
        for rows, mean in zip(units, means, strict=True)
    ]
    return np.concatenate(moved)


def share_by(rows: "DataFrame", column: str) -> "DataFrame":
    """Count how the values of a column, such as `genre`, fall into clusters.

    Args:
        rows: of a collection's table, with clusters.
        column: `genre`, `style`, `artist`, or another of the table.

    Returns:
        A row for each value, the most frequent first (empty ones are called "(none)"), a column
        for each cluster, counts.

    Raises:
        InputError: there is no such column, or there are no clusters.
    """
    import pandas

    if column not in rows.columns:
        raise InputError(f"there is no column {column!r}; there are {', '.join(rows.columns)}")
    rows = rows[rows["cluster"].notna()]
    if not len(rows):
        raise InputError("no row has a cluster yet; cluster the collection first")
    counts = pandas.crosstab(rows[column].replace("", "(none)"), rows["cluster"].astype(int))
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order]


def agreement(rows: "DataFrame", column: str) -> float:
    """Say how far clusters agree with a column: adjusted mutual information, 0 is chance, 1 all.

    Args:
        rows: with clusters.
        column: such as `genre`.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    rows = rows[rows["cluster"].notna() & (rows[column] != "")]
    return float(adjusted_mutual_info_score(rows[column], rows["cluster"].astype(int)))
