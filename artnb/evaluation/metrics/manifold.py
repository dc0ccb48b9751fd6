"""Precision and recall: how much of one set lies where the other set lives."""

from typing import NamedTuple

import numpy as np

from artnb.errors import InputError
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
