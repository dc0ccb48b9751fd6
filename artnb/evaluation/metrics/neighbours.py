"""What lies near to what among features: precision and recall, and memorised pictures."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.metrics.frechet import fid
from artnb.evaluation.metrics.score import (
    Score,
    blocks,
    checked_features,
    few_images_warning,
    share_score,
)

# Squared distances that differ by less than this share of the largest squared length are equal:
# they come from products, whose rounding would put a copy of a picture beside it.
TIE = 1e-12
# Kaggle's: below this distance generated pictures count as memorised.
MEMORISED_BELOW = 0.1
PROXY = (
    "a local MiFID stands in for Kaggle's: the reference features of the leaderboard are not public"
)
# Two pictures nearer than this are one that is there twice; extracting the same picture again
# in another batch changes the last digits.
_SAME_PICTURE = 1e-6
_NEAREST_PERCENT = 1


class PrecisionRecall(NamedTuple):
    """Precision: how real generated pictures look. Recall: how much of the real ones they cover."""

    precision: Score
    recall: Score


def precision_recall(real: np.ndarray, fake: np.ndarray, neighbours: int = 3) -> PrecisionRecall:
    """Give improved precision and recall between two sets of features.

    A set covers a picture that lies in the ball around one of its own, which reaches to that
    one's third nearest neighbour in the set. On the rim counts as inside. Pictures that occur
    several times are each other's neighbours: with more than three copies their ball is a point
    and covers copies alone.

    Args:
        real: `(n, d)`, a row for each real picture; more than `neighbours`.
        fake: `(m, d)`, a row for each generated picture; more than `neighbours`.
        neighbours: which nearest neighbour a ball reaches, not counting the picture itself.

    Returns:
        Two shares in [0, 1]: `precision` of generated pictures that the real set covers, `recall`
        of real pictures that the generated set covers. Their intervals are for other pictures to
        be covered, and hold the balls as they are.

    Raises:
        InputError: as for `checked_features`; or `neighbours` is below 1.

    Source: Kynkäänniemi et al. 2019, arXiv 1904.06991, section 2.
    """
    if neighbours < 1:
        raise InputError(f"neighbours must be at least 1, got {neighbours}; the usual is 3")
    real, fake = checked_features(real, fake, fewest=neighbours + 1)
    # Rounding is least where lengths are smallest, around the middle.
    middle = np.concatenate([real, fake]).mean(axis=0)
    real, fake = real - middle, fake - middle
    tie = TIE * max(np.square(side).sum(axis=1).max() for side in (real, fake))
    real_radii, fake_radii = _radii(real, neighbours) + tie, _radii(fake, neighbours) + tie
    fake_is_covered = np.zeros(len(fake), bool)
    real_is_covered = np.zeros(len(real), bool)
    for rows in blocks(len(fake), len(real)):
        distances = _squared_distances(fake[rows], real)
        fake_is_covered[rows] = (distances <= real_radii).any(axis=1)
        real_is_covered |= (distances <= fake_radii[rows, None]).any(axis=0)
    warnings = few_images_warning(len(real), len(fake))
    return PrecisionRecall(
        *(
            share_score(int(covered.sum()), len(covered)).with_warnings(*warnings)
            for covered in (fake_is_covered, real_is_covered)
        )
    )


def _radii(features: np.ndarray, neighbours: int) -> np.ndarray:
    """Give every picture's squared distance to its k-th nearest neighbour."""
    radii = np.empty(len(features))
    for rows in blocks(len(features), len(features)):
        distances = _squared_distances(features[rows], features)
        itself = np.arange(len(distances))
        distances[itself, rows.start + itself] = np.inf
        radii[rows] = np.partition(distances, neighbours - 1, axis=1)[:, neighbours - 1]
    return radii


def _squared_distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    distances = some @ others.T
    distances *= -2
    distances += np.square(some).sum(axis=1)[:, None]
    distances += np.square(others).sum(axis=1)
    return distances


@dataclass(frozen=True)
class Nearest:
    """The nearest real picture of each of some pictures.

    Args:
        indices: int `(m,)`, rows of the real pictures.
        distances: float64 `(m,)`, 1 − |cos| in [0, 1]; 0 is the same picture.
    """

    indices: np.ndarray
    distances: np.ndarray

    def order(self) -> np.ndarray:
        """Give the places of the pictures, the most suspicious first."""
        return np.argsort(self.distances, kind="stable")

    def describe(self, among_real: "Nearest", made: str = "translations") -> str:
        """Say how many generated pictures are suspiciously near to a real picture.

        A generator that remembers nothing is as near to the real pictures as they are to each
        other, or farther away; so at most about 1 % of its pictures are as near as the
        nearest 1 % of the real ones. More than that, or one nearer than any two real pictures,
        should be looked at.

        Args:
            among_real: what `real_to_real` gives.
            made: what the pictures are.

        Returns:
            Two sentences.
        """
        limit, total = suspicious_distance(among_real), len(self.distances)
        count = int((self.distances < limit).sum())
        return (
            f"Of {total:,} {made} {count:,} ({100 * count / total:.3g} %) lie nearer to a "
            f"real picture than only the nearest {_NEAREST_PERCENT} % of real pictures lie to each "
            f"other ({limit:.3g}); more than about {_NEAREST_PERCENT} % would be suspicious. "
            f"The nearest is {self.distances.min():.3g} away, the nearest two real pictures "
            f"{among_real.distances.min():.3g}; half are within "
            f"{np.median(self.distances):.3g}, of real pictures within "
            f"{np.median(among_real.distances):.3g}."
        )


def suspicious_distance(among_real: Nearest) -> float:
    """Give the distance below which only the nearest 1 % of real pictures have another one."""
    return float(np.percentile(among_real.distances, _NEAREST_PERCENT))


def nearest_real(real: np.ndarray, fake: np.ndarray) -> Nearest:
    """Find the real picture that is nearest to each generated one.

    Args:
        real: `(n, d)`, features of real pictures.
        fake: `(m, d)`, features of generated ones.

    Returns:
        For each generated picture the nearest real one and how far it is.

    Raises:
        InputError: features are not finite, none, or of different dimensions.

    Source: the distance of MiFID (Bai et al. 2021, arXiv 2106.03062, section 3). Rows of zeros,
        which MiFID drops, stay and are 1 from everything, so that places stay in order.
    """
    real, fake = checked_features(real, fake, fewest=1)
    return _nearest(_unit(real), _unit(fake))


def real_to_real(real: np.ndarray) -> Nearest:
    """Find the nearest other real picture of each real one, to compare translations with.

    A picture that is there twice is not its own neighbour: repeats say nothing of how alike
    different pictures are.

    Args:
        real: `(n, d)`, features of real pictures.

    Raises:
        InputError: there are no two different pictures, or features are not finite.
    """
    real, _ = checked_features(real, real)
    unit = _unit(real)
    nearest = _nearest(unit, unit, leave_out_same=True)
    if not np.isfinite(nearest.distances).all():
        raise InputError(
            f"at least two different real pictures are needed, got one, {len(real)} times; "
            "add pictures"
        )
    return nearest


def _nearest(real: np.ndarray, pictures: np.ndarray, leave_out_same: bool = False) -> Nearest:
    indices, distances = np.empty(len(pictures), int), np.empty(len(pictures))
    for rows in blocks(len(pictures), len(real)):
        away = 1 - np.abs(pictures[rows] @ real.T)
        if leave_out_same:
            away[away < _SAME_PICTURE] = np.inf
        indices[rows], distances[rows] = away.argmin(axis=1), away.min(axis=1)
    # Rounding gives a picture a distance of -1e-16 to itself.
    return Nearest(indices, np.maximum(distances, 0.0))


def _unit(features: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(lengths > 0, lengths, 1.0)


def mifid(real: np.ndarray, fake: np.ndarray, with_interval: bool = True) -> Score:
    """Give Kaggle's memorisation-informed FID; arguments as for `fid`.

    Returns:
        FID divided by the memorisation distance where that is below 0.1. The interval is FID's,
        divided alike.

    Raises:
        InputError: as for `fid` and `memorisation_distance`.

    Source: Bai et al. 2021, arXiv 2106.03062, section 3.
    """
    distance = memorisation_distance(real, fake)
    score = fid(real, fake, with_interval)
    ends = [None if end is None else mifid_from(end, distance) for end in (score.low, score.high)]
    interval = score.interval and f"{score.interval}, memorisation distance held at {distance:.3g}"
    warnings = (*score.warnings, PROXY)
    if distance < MEMORISED_BELOW:
        warnings += (
            f"the generated pictures look memorised: their distance to the nearest real ones is "
            f"{distance:.3g}, below {MEMORISED_BELOW}, and FID is divided by it",
        )
    return Score(mifid_from(score.value, distance), *ends, interval, warnings)


def mifid_from(fid: float, distance: float) -> float:
    """Give MiFID from a FID and a memorisation distance.

    Args:
        fid: Fréchet inception distance.
        distance: as from `memorisation_distance`, in [0, 1].

    Raises:
        InputError: the distance is outside [0, 1].
    """
    if not 0 <= distance <= 1:
        raise InputError(
            f"a memorisation distance must be in [0, 1], got {distance}; take it from "
            "memorisation_distance"
        )
    return fid / ((distance if distance < MEMORISED_BELOW else 1.0) + 1e-14)


def memorisation_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Give how far generated pictures are from the nearest real ones, by angle.

    Args:
        real: `(n, d)` features of real pictures; rows of zeros are left out.
        fake: `(m, d)` features of generated pictures; rows of zeros are left out.

    Returns:
        The mean over generated pictures of 1 − |cos| to the nearest real one, in [0, 1].

    Raises:
        InputError: as for `checked_features`; or a set is nothing but zeros.
    """
    real, fake = (_without_zeros(side) for side in checked_features(real, fake, fewest=1))
    return float(nearest_real(real, fake).distances.mean())


def _without_zeros(features: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(features, axis=1)
    if not lengths.any():
        raise InputError(
            f"a memorisation distance needs features other than 0, got {len(features)} rows of "
            "zeros; look at how they were extracted"
        )
    return features[lengths > 0]
