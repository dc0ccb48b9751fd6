"""Help with choosing two sides that show the same kind of thing.

A CycleGAN that gets portraits on one side and landscapes on the other learns to shift colours, and
little more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from artnb.collection.pictures import Clustered
from artnb.errors import InputError

# How many clusters two sides are compared in, where nobody says; silhouettes would take fewer,
# and a few large clusters hide what differs.
CLUSTERS = 6
# By SqueezeNet in 6 clusters: 300 Monets and 1,000 photos of landscapes are 0.17 apart, photos of
# landscapes and painted landscapes 0.37, painted still lifes 0.7, portraits 0.67.
DIFFERENT = 0.4
# A cluster is of both sides where the smaller share is at least this part of the larger.
_OF_BOTH = 0.25
# And where each side has at least so many pictures in it.
_FEWEST = 5
_PERMUTATIONS = 1000


@dataclass(frozen=True, eq=False)
class Pairing:
    """How two sides fall into clusters they share.

    Args:
        names: of the two sides.
        counts: int `(clusters, 2)`, pictures of each side in each cluster.
        distance: Jensen–Shannon distance (base 2) of the two sides' shares: 0 where they are
            the same, 1 where no cluster has pictures of both. What chance alone gives is taken
            away from its square, or few pictures would look further apart than many.
        by_chance: below this lie 95 of 100 distances when the same pictures are dealt to two
            sides of the same sizes at random.
    """

    names: tuple[str, str]
    counts: np.ndarray
    distance: float
    by_chance: float

    @property
    def shares(self) -> np.ndarray:
        """Share of each side in each cluster, `(clusters, 2)`; columns sum to 1."""
        return self.counts / self.counts.sum(axis=0)

    @property
    def differs(self) -> bool:
        """Whether the two sides differ in kind, and not by chance."""
        return self.distance >= DIFFERENT and self.distance > self.by_chance

    @property
    def of_both(self) -> list[int]:
        """The clusters that have a fair share of both sides: those to take."""
        low, high = self.shares.min(axis=1), self.shares.max(axis=1)
        enough = self.counts.min(axis=1) >= _FEWEST
        return (np.flatnonzero((low >= _OF_BOTH * high) & enough) + 1).tolist()

    def describe(self) -> str:
        """Say in a sentence whether the two sides show the same kind of thing."""
        measured = f"{self.distance:.2f} of 1, by chance up to {self.by_chance:.2f}"
        x, y = self.names
        if not self.differs:
            return f"{x} and {y} show the same kinds of thing as far as clusters tell ({measured})."
        one, other = self._one_sided()
        alone = self.shares[:, one] > self.shares[:, other] / _OF_BOTH
        mine, theirs = self.shares[alone][:, [one, other]].sum(axis=0)
        clusters = ", ".join(map(str, np.flatnonzero(alone) + 1))
        return (
            f"{x} and {y} differ in kind ({measured}): {100 * mine:.0f} % of {self.names[one]} "
            f"are in clusters that hold {100 * theirs:.0f} % of {self.names[other]} ({clusters}), "
            "and what differs in kind, a CycleGAN cannot learn to translate; "
            f"{self._advice()}"
        )

    def _one_sided(self) -> tuple[int, int]:
        """Give the side that has more in clusters of its own, and the other."""
        alone = [
            self.shares[self.shares[:, one] > self.shares[:, 1 - one] / _OF_BOTH, one].sum()
            for one in (0, 1)
        ]
        one = int(np.argmax(alone))
        return one, 1 - one

    def _advice(self) -> str:
        if not self.of_both:
            return "no cluster has a fair share of both, so choose other pictures for one side"
        clusters = ",".join(map(str, self.of_both))
        left = self.counts[[cluster - 1 for cluster in self.of_both]].sum(axis=0)
        return (
            f"on both sides take cluster={clusters} "
            f"({left[0]:,} of {self.names[0]}, {left[1]:,} of {self.names[1]})"
        )


def compare_clusters(
    x: Sequence[int],
    y: Sequence[int],
    names: tuple[str, str] = ("x", "y"),
    seed: int = 0,
    permutations: int = _PERMUTATIONS,
) -> Pairing:
    """Measure how far two sides differ in the clusters that their pictures fall into.

    Args:
        x: cluster of each picture of one side, from 1.
        y: likewise of the other.
        names: of the sides, for people.
        seed: of the permutations.
        permutations: how often the pictures are dealt anew to see what chance does.

    Returns:
        The measure, and the clusters to take.

    Raises:
        InputError: a side is empty.

    Source: Endres and Schindelin 2003, A new metric for probability distributions, for the
        distance; its permutations are drawn as counts from the multivariate hypergeometric
        distribution, which is the same as dealing the pictures.
    """
    if not len(x) or not len(y):
        raise InputError("both sides need pictures with a cluster; cluster them first")
    count = max(*x, *y)
    sides = [np.bincount(side, minlength=count + 1)[1:] for side in (x, y)]
    counts = np.stack(sides, axis=1)
    total = counts.sum(axis=1)
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(total, len(x), permutations)
    chance = _divergence(dealt, total - dealt)
    found = _divergence(*(side[None] for side in sides))[0]
    far_by_chance = float(np.quantile(chance, 0.95))
    distance, by_chance = (
        float(np.sqrt(max(0.0, value - chance.mean()))) for value in (found, far_by_chance)
    )
    return Pairing(names, counts, distance, by_chance)


def _divergence(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the Jensen–Shannon divergence of rows of counts, `(n, clusters)` each."""
    from scipy.spatial.distance import jensenshannon

    # Rounding may leave a tiny negative number below the root where both are the same.
    return np.nan_to_num(jensenshannon(x, y, base=2, axis=1)) ** 2


@dataclass(frozen=True)
class Paired:
    """Two sides that were clustered together, compared, and what to take of them.

    Args:
        pairing: the comparison.
        x_ids: of pictures to take on one side.
        y_ids: likewise on the other.
    """

    pairing: Pairing
    x_ids: tuple[str, ...]
    y_ids: tuple[str, ...]


def pair(clustered: Clustered, clusters: Sequence[int] | None = None, seed: int = 0) -> Paired:
    """Compare two sides that were clustered together, and choose what fits together.

    Args:
        clustered: of two sides, see `cluster_pictures`.
        clusters: to take on both; None takes those that have a fair share of both.
        seed: of the permutations.

    Raises:
        InputError: there are not two sides, or no such cluster.
    """
    if len(clustered.sets) != 2:
        raise InputError(f"a pair has two sides, got {len(clustered.sets)}; name x and y")
    x, y = clustered.sets
    names = (x.pictures.name, y.pictures.name)
    pairing = compare_clusters(x.labels.tolist(), y.labels.tolist(), names, seed)
    unknown = set(clusters or ()) - set(clustered.clusters.sizes)
    if unknown:
        raise InputError(
            f"clusters are numbered 1 to {clustered.clusters.count}, got {min(unknown)}"
        )
    taken = pairing.of_both if clusters is None else clusters
    chosen = [
        tuple(i for i, label in zip(side.ids, side.labels, strict=True) if label in taken)
        for side in (x, y)
    ]
    return Paired(pairing, *chosen)
