"""Pictures of collections as a network sees them: read with their crop, measured, clustered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from artnb.collection.borders import read_box
from artnb.collection.clusters import Clusters, find_clusters, unit_rows
from artnb.collection.table import Collection, keeps
from artnb.data.decoding import UnreadableImageError, decode_image, read_header
from artnb.data.images import fit_square
from artnb.errors import InputError
from artnb.evaluation.measure import Cache, Measure, measure, open_cache
from artnb.evaluation.pictures import Seen, key_of_colours
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

if TYPE_CHECKING:
    from pandas import DataFrame

# Edge that pictures are brought to before they are measured; networks resize to their own.
MEASURED_PX = 256
# Of what two sets differ by in the mean, so much is taken away before they are clustered
# together. Nothing would leave clusters of photos and clusters of paintings; all of it would hide
# that one of them shows only portraits. By half, 300 Monets and 1,000 landscape photos share their
# clusters, and portraits still stand apart from landscapes.
_TAKEN_AWAY = 0.5


@dataclass(frozen=True, eq=False)
class CollectionPictures:
    """Some pictures of a collection, as evaluation reads them (see `Pictures`).

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

    # What sizes and forms they have is looked at when a collection is cleaned.
    as_found: ClassVar[tuple] = ()
    sizes: ClassVar[tuple] = ()

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
            data = self._bytes(place)
            digest = f"{hashlib.sha256(data).hexdigest()}{key_of_colours(read_header(data))}"
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


def pictures_in_use(
    collection: Collection, name: str = "", rows: "DataFrame | None" = None
) -> CollectionPictures:
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
    return CollectionPictures(name or collection.folder.resolve().name, collection, used)


@dataclass(frozen=True, eq=False)
class ClusteredPictures:
    """Pictures of one collection with their clusters.

    Args:
        pictures: all of them.
        ids: of those that could be read.
        labels: the cluster of each, int `(n,)`.
        unreadable: ids and reasons of the others.
    """

    pictures: CollectionPictures
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
    """Pictures of one collection, or of two together, in clusters.

    Args:
        sets: with their labels.
        clusters: of all their pictures, set after set.
    """

    sets: tuple[ClusteredPictures, ...]
    clusters: Clusters

    @property
    def set_of_each(self) -> np.ndarray:
        """The number of the set that each picture is of, int `(n,)`."""
        return np.repeat(range(len(self.sets)), [len(of_set.ids) for of_set in self.sets])

    def thumbnail(self, place: int) -> np.ndarray | None:
        """Give a picture by its place among all (see `CollectionPictures.thumbnail`)."""
        number = self.set_of_each[place]
        first = sum(len(of_set.ids) for of_set in self.sets[:number])
        of_set = self.sets[number]
        return of_set.pictures.thumbnail(of_set.ids[place - first])


def cluster_pictures(
    sets: Sequence[CollectionPictures],
    extractor: Measure,
    count: int | None = None,
    seed: int = 0,
    cache: Cache | None = None,
    progress: Progress = silent,
) -> Clustered:
    """Cluster pictures of one collection, or of two together.

    Args:
        sets: the pictures; of two, half of what they differ by in the mean is taken away
            first, so that clusters are of what is shown rather than of photos and paintings.
        extractor: gives features, see `artnb.evaluation.extractor.load_extractor`.
        count: how many clusters; None takes what the silhouettes suggest.
        seed: the same gives the same clusters, whatever the order of the rows.
        cache: features that were measured before; None opens this machine's.
        progress: shows how far it has got.

    Raises:
        InputError: there are too few pictures, or none can be read.
    """
    cache = cache or open_cache()
    measured = [measure(pictures, [extractor], cache, progress) for pictures in sets]
    features = _moved_together([m.numbers[extractor.key] for m in measured])
    pairs = zip(sets, measured, strict=True)
    keys = [pictures.keys[place] for pictures, m in pairs for place in m.places]
    clusters = find_clusters(features, keys, count, seed)
    ends = np.cumsum([len(m) for m in measured])
    labels = np.split(clusters.labels, ends[:-1])
    return Clustered(
        tuple(
            ClusteredPictures(pictures, m.names, of_set, m.unreadable)
            for pictures, m, of_set in zip(sets, measured, labels, strict=True)
        ),
        clusters,
    )


def _moved_together(features: Sequence[np.ndarray]) -> np.ndarray:
    """Move the features of each set half of the way to the mean of all."""
    units = [unit_rows(rows) for rows in features]
    means = [rows.mean(axis=0) for rows in units]
    middle = np.mean(means, axis=0)
    moved = [
        rows - middle - _TAKEN_AWAY * (mean - middle)
        for rows, mean in zip(units, means, strict=True)
    ]
    return np.concatenate(moved)
