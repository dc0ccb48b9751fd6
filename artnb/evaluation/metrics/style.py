"""Which painter does it look like? A classifier that learns real pictures judges translations.

It sees features, as the other scores do, and says how far it can be trusted: how often it is
right about real pictures that it has not learnt. It knows nothing but what it has learnt, so what
is neither photo nor Monet is one of them to it: blurred by 1 px, 24 % of photos were Monets instead
of 5 % (150 photos, SqueezeNet). JPEG compression changed nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score, checked_rows, mean_of_shares, share_score

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

# Features outnumber the pictures. About SqueezeNet's of 300 Monets and 300 photos, 0.1 to 0.01 are
# right equally often (95 %); of those the strongest regularisation is the most cautious.
_INVERSE_REGULARISATION = 0.01
# It ends by itself after some dozens.
_MOST_ITERATIONS = 5000


@dataclass(frozen=True)
class StyleClassifier:
    """A classifier of real pictures' features, with what it is worth.

    Args:
        classes: what it tells apart, in the order of `confusion` and of probabilities.
        accuracy: how often it is right about real pictures it has not learnt: the balanced
            accuracy (each class counts the same, however many its pictures), averaged over the
            folds. The interval is for other pictures to judge, not for others to learn.
        baseline: the balanced accuracy of always saying the most frequent class.
        confusion: `(classes, classes)`, pictures of a row's class that were taken for a
            column's, over all folds.
        model: trained on all pictures; classes are numbers to it.
    """

    classes: tuple[str, ...]
    accuracy: Score
    baseline: float
    confusion: np.ndarray
    model: "Pipeline"

    def shares(self, features: np.ndarray) -> dict[str, Score]:
        """Say which share of pictures is taken for each class, with Wilson's interval.

        Show it pictures whose originals it has not learnt: of a photo that it knows it also
        knows the translation a little.

        Args:
            features: `(n, d)` of the extractor whose features were learnt.

        Returns:
            The share in [0, 1] for each class; they add up to 1.

        Raises:
            InputError: the features are of another dimension, not finite, or none.
        """
        features = _checked(features, "the pictures to judge")
        learnt = self.model.n_features_in_
        if features.shape[1] != learnt:
            raise InputError(
                f"the classifier has learnt {learnt} features a picture, got {features.shape[1]}; "
                "extract them with the same extractor"
            )
        said = self.model.predict(features)
        counts = np.bincount(said, minlength=len(self.classes))
        warnings = ()
        if self.accuracy.low is not None and self.accuracy.low <= self.baseline:
            warnings = (
                "the classifier tells real pictures apart hardly better than chance "
                f"(balanced accuracy {self.accuracy}, chance {self.baseline:.3g})",
            )
        return {
            name: share_score(int(count), len(said)).with_warnings(*warnings)
            for name, count in zip(self.classes, counts, strict=True)
        }


def train_style_classifier(
    features: Mapping[str, np.ndarray],
    groups: Mapping[str, Sequence[str]] | None = None,
    folds: int = 5,
    seed: int = 0,
) -> StyleClassifier:
    """Learn to tell the classes of real pictures apart, and test it on pictures held back.

    Args:
        features: `(n, d)` by the name of the class, each row a real picture's.
        groups: for each class what tells equal pictures, such as hashes of their pixels; equal
            ones are never learnt and judged in one fold. None takes those of equal features.
        folds: how often a part of the pictures is held back, each picture once.
        seed: of the draw of the folds.

    Returns:
        The classifier, trained on all pictures.

    Raises:
        InputError: there are fewer than two classes or fewer than `folds` different pictures
            in one, features are not finite, or dimensions differ.

    Source: multinomial logistic regression on standardised features, as scikit-learn has it,
        with classes weighted to count the same.
    """
    stacked, labels = _stack(features)
    ids = _group_ids(features, stacked, groups)
    fold_of = _assign_folds(tuple(features), labels, ids, folds, seed)
    counts = np.zeros((folds, len(features), len(features)), int)
    for fold in range(folds):
        held_back = fold_of == fold
        said = _fit(stacked[~held_back], labels[~held_back]).predict(stacked[held_back])
        np.add.at(counts[fold], (labels[held_back], said), 1)
    return StyleClassifier(
        classes=tuple(features),
        accuracy=_accuracy(counts),
        baseline=1 / len(features),
        confusion=counts.sum(axis=0),
        model=_fit(stacked, labels),
    )


def _fit(features: np.ndarray, labels: np.ndarray) -> "Pipeline":
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = LogisticRegression(
        C=_INVERSE_REGULARISATION, class_weight="balanced", max_iter=_MOST_ITERATIONS
    )
    return make_pipeline(StandardScaler(), classifier).fit(features, labels)


def _stack(features: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Put all classes' features below each other, with the number of each row's class."""
    if len(features) < 2:
        raise InputError(
            f"a classifier needs at least two classes to tell apart, got {list(features)}; "
            "add another painter, or photos"
        )
    sides = [_checked(rows, f'"{name}"') for name, rows in features.items()]
    dimensions = {name: rows.shape[1] for name, rows in zip(features, sides, strict=True)}
    if len(set(dimensions.values())) > 1:
        raise InputError(
            f"all classes need features of one extractor, got {dimensions} features a picture; "
            "extract all with the same one"
        )
    return np.concatenate(sides), np.repeat(np.arange(len(sides)), [len(rows) for rows in sides])


def _checked(features: np.ndarray, whose: str) -> np.ndarray:
    features = checked_rows(features, whose)
    if not len(features):
        raise InputError(
            f"there must be at least one picture, and there is none for {whose}; add some"
        )
    return features


def _group_ids(
    features: Mapping[str, np.ndarray],
    stacked: np.ndarray,
    groups: Mapping[str, Sequence[str]] | None,
) -> np.ndarray:
    """Give equal pictures equal ids."""
    if groups is None:
        return np.unique(stacked, axis=0, return_inverse=True)[1].ravel()
    for name, rows in features.items():
        if len(groups.get(name, ())) != len(rows):
            raise InputError(
                f"groups must hold one entry for each picture, got {len(groups.get(name, ()))} "
                f'for {len(rows)} of "{name}"; leave groups away to compare features instead'
            )
    return np.concatenate([np.asarray(groups[name], dtype=str) for name in features])


def _assign_folds(
    classes: tuple[str, ...], labels: np.ndarray, ids: np.ndarray, folds: int, seed: int
) -> np.ndarray:
    """Give each picture the fold that it is held back in; equal pictures have the same.

    One of each equal pictures is drawn and the others follow it. scikit-learn's
    StratifiedGroupKFold would do that in one go, but up to 1.7 does not stratify when it
    shuffles (its issue 32478).
    """
    from sklearn.model_selection import StratifiedKFold

    _, first, group = np.unique(ids, return_index=True, return_inverse=True)
    counts = np.bincount(labels[first], minlength=len(classes))
    if folds < 2 or counts.min() < folds:
        raise InputError(
            f"folds must be at least 2 and at most the number of different pictures of a class, "
            f'got {folds} with {counts.min()} of "{classes[counts.argmin()]}"; '
            "add pictures or take fewer folds"
        )
    draw = StratifiedKFold(folds, shuffle=True, random_state=seed)
    fold_of = np.empty(len(first), int)
    for fold, (_, held_back) in enumerate(draw.split(first, labels[first])):
        fold_of[held_back] = fold
    return fold_of[group]


def _accuracy(counts: np.ndarray) -> Score:
    """Average the balanced accuracy of the folds' confusions `(folds, classes, classes)`.

    The interval is that of the mean share of each class that was recognised in all folds.
    """
    # A fold may lack a class only where one picture was put into two classes.
    recognised = np.diagonal(counts, axis1=1, axis2=2) / np.maximum(counts.sum(axis=2), 1)
    there = counts.sum(axis=2) > 0
    value = float(np.mean(recognised.sum(axis=1) / there.sum(axis=1)))
    total = counts.sum(axis=0)
    shares = [share_score(int(row[c]), int(row.sum())) for c, row in enumerate(total)]
    interval = f"95 %, Wilson for each class, over {len(counts)} folds"
    return replace(mean_of_shares(shares), value=value, interval=interval)
