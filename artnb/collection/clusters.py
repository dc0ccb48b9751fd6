"""Clusters of features: pictures that a network finds alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from artnb.errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

# Principal components are taken until they explain this share of the variance, at most so many.
# Fewer make silhouettes look better and clusters worse; more add little but noise.
EXPLAINED, MOST_COMPONENTS = 0.8, 64
COUNTS = range(2, 13)
# Below this mean silhouette there is no substantial structure (Kaufman and Rousseeuw 1990). Two or
# three clusters then look best and say little, so at least four are suggested.
_STRUCTURE, _FEWEST = 0.25, 4
_PICTURES_A_CLUSTER = 15  # at least, on average, in what is suggested
# Silhouettes take time and memory by the square.
_SAMPLE = 2000
_STARTS = 10


@dataclass(frozen=True, eq=False)
class Clusters:
    """Pictures in clusters.

    Args:
        labels: int `(n,)`; 1 is the largest cluster, and so on.
        points: `(n, components)`, the principal components that they were found in.
        distances: `(n,)`, of each picture from its cluster's centre.
        explained: share of the features' variance that the components hold.
        silhouettes: mean silhouette, -1 to 1, by the number of clusters that was tried.
        inertias: mean squared distance from the centre, likewise.
    """

    labels: np.ndarray
    points: np.ndarray
    distances: np.ndarray
    explained: float
    silhouettes: dict[int, float]
    inertias: dict[int, float]

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.labels.max())

    @property
    def sizes(self) -> dict[int, int]:
        """How many pictures each has."""
        return dict(enumerate(np.bincount(self.labels).tolist()[1:], start=1))

    def nearest_first(self, cluster: int) -> np.ndarray:
        """Give the places of a cluster's pictures, those nearest its centre first."""
        places = np.flatnonzero(self.labels == cluster)
        return places[np.argsort(self.distances[places], kind="stable")]


def find_clusters(
    features: np.ndarray, keys: Sequence[str], count: int | None = None, seed: int = 0
) -> Clusters:
    """Find clusters: principal components of the features, then k-means.

    Args:
        features: `(n, d)`, such as `centred` gives.
        keys: of each picture, made of its content: with the same seed the same pictures come
            into the same clusters, whatever their order.
        count: how many clusters; None takes what the silhouettes suggest, see `suggest_count`.
        seed: of the beginning of k-means, and of samples.

    Raises:
        InputError: there are fewer pictures than clusters.
    """
    check_count(len(features), 2 if count is None else count)
    order = np.argsort(np.asarray(keys), kind="stable")
    points, explained = principal_components(features[order], seed)
    silhouettes, inertias = try_counts(points, seed)
    count = suggest_count(silhouettes) if count is None else count
    labels, distances = group_rows(points, count, seed)
    back = np.argsort(order, kind="stable")
    return Clusters(labels[back], points[back], distances[back], explained, silhouettes, inertias)


def check_count(pictures: int, count: int) -> None:
    """Check that so many pictures can be put into so many clusters.

    Raises:
        InputError: they cannot.
    """
    if not 2 <= count <= pictures:
        raise InputError(
            f"clusters must be at least 2 and at most as many as there are pictures, got {count} "
            f"for {pictures}; name another number"
        )


def centred(features: np.ndarray) -> np.ndarray:
    """Bring features to length 1 each, and their mean to 0."""
    unit = unit_rows(features)
    return unit - unit.mean(axis=0)


def unit_rows(features: np.ndarray) -> np.ndarray:
    """Bring each row to length 1: what a network sees, not how strongly."""
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)


def principal_components(rows: np.ndarray, seed: int = 0) -> tuple[np.ndarray, float]:
    """Give the coordinates in as many components as explain 80 % of the variance, at most 64.

    Returns:
        `(n, components)`, and the share of the variance that they explain.
    """
    from sklearn.decomposition import PCA

    most = min(MOST_COMPONENTS, *rows.shape)
    reduction = PCA(most, svd_solver="randomized", random_state=seed)
    with np.errstate(invalid="ignore"):  # pictures that are all the same have no variance
        points = reduction.fit_transform(rows.astype(np.float64))
    explained = np.nan_to_num(reduction.explained_variance_ratio_).cumsum()
    needed = min(int((explained < EXPLAINED).sum()) + 1, most)
    return points[:, :needed], float(explained[needed - 1])


def try_counts(
    points: np.ndarray, seed: int = 0, counts: Sequence[int] = COUNTS
) -> tuple[dict[int, float], dict[int, float]]:
    """Try numbers of clusters, on a sample of 2,000 pictures where there are more.

    Returns:
        Mean silhouettes, and mean squared distances from the centre, by number of clusters.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    if len(points) > _SAMPLE:
        points = points[np.random.default_rng(seed).permutation(len(points))[:_SAMPLE]]
    most = max(_FEWEST, len(points) // _PICTURES_A_CLUSTER)
    most = min(most, len(points) - 1, len(np.unique(points, axis=0)))
    silhouettes, inertias = {}, {}
    for count in (count for count in counts if count <= most):
        found = KMeans(count, n_init=3, random_state=seed).fit(points)
        silhouettes[count] = float(silhouette_score(points, found.labels_))
        inertias[count] = float(found.inertia_) / len(points)
    return silhouettes, inertias


def suggest_count(silhouettes: dict[int, float]) -> int:
    """Give the number of clusters with the best silhouette, at least four without clear groups.

    Args:
        silhouettes: by the number of clusters.

    Returns:
        The best where its silhouette is 0.25 or more, and else the best of four and more; two
        where nothing could be tried.
    """
    if not silhouettes:
        return 2
    best = max(silhouettes, key=lambda count: silhouettes[count])
    more = [count for count in silhouettes if count >= _FEWEST]
    if silhouettes[best] >= _STRUCTURE or not more:
        return best
    return max(more, key=lambda count: silhouettes[count])


def group_rows(points: np.ndarray, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Group rows by k-means, the best of ten beginnings.

    Returns:
        Labels, 1 for the largest cluster; and distances from the clusters' centres.
    """
    from sklearn.cluster import KMeans

    found = KMeans(count, n_init=_STARTS, random_state=seed).fit(points)
    distances = np.linalg.norm(points - found.cluster_centers_[found.labels_], axis=1)
    sizes = np.bincount(found.labels_, minlength=count)
    ranks = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    return ranks[found.labels_] + 1, distances


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
