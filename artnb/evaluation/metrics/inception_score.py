"""Inception Score: sharp opinions about each picture, many kinds of pictures."""

import numpy as np
from scipy.special import rel_entr

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score


def inception_score(probabilities: np.ndarray, splits: int = 10, seed: int | None = 0) -> Score:
    """Give the Inception Score of a set of pictures.

    Args:
        probabilities: `(n, classes)`, what a classifier says of each picture; rows sum to 1.
        splits: equal parts of the set, each of which is scored by itself.
        seed: of the shuffling before the splits, so that the order of files does not count;
            None leaves the order as it is.

    Returns:
        The mean over splits of exp(mean KL(p(y|x) ‖ p(y))), between 1 and the number of classes.
        Its interval is ± one standard deviation over splits, as papers give it.

    Raises:
        InputError: the rows are no probabilities, or there are fewer of them than splits.

    Source: Salimans et al. 2016, arXiv 1606.03498, section 4. Deviation: shuffled first.
    """
    probabilities = _checked(probabilities)
    if not 1 <= splits <= len(probabilities):
        raise InputError(
            f"the Inception Score needs at least one picture in each split, got "
            f"{len(probabilities)} pictures for {splits} splits; add pictures or lower splits"
        )
    if seed is not None:
        probabilities = np.random.default_rng(seed).permutation(probabilities)
    scores = [_score(part) for part in np.array_split(probabilities, splits)]
    value, spread = float(np.mean(scores)), float(np.std(scores))
    interval = f"± one standard deviation over {splits} splits"
    warnings = _warnings(len(probabilities) // splits, probabilities.shape[1])
    return Score(value, value - spread, value + spread, interval, warnings)


def _score(probabilities: np.ndarray) -> float:
    divergences = rel_entr(probabilities, probabilities.mean(axis=0)).sum(axis=1)
    return float(np.exp(divergences.mean()))


def _warnings(in_a_split: int, classes: int) -> tuple[str, ...]:
    if in_a_split >= classes:
        return ()
    return (
        f"a split has {in_a_split:,} pictures for {classes:,} classes: the Inception Score cannot "
        f"pass {in_a_split:,} then, so compare it only with others of as many pictures",
    )


def _checked(probabilities: np.ndarray) -> np.ndarray:
    probabilities = np.asarray(probabilities, np.float64)
    if probabilities.ndim != 2 or 0 in probabilities.shape:
        raise InputError(
            f"probabilities must be (pictures, classes), got the shape {probabilities.shape}; "
            "give a row for each picture"
        )
    if not np.isfinite(probabilities).all():
        raise InputError(
            "probabilities must be finite, got NaN or infinity; look at the pictures they are of"
        )
    sums = probabilities.sum(axis=1)
    if probabilities.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise InputError(
            "every row must be probabilities that sum to 1, got numbers from "
            f"{probabilities.min():.3g} to {probabilities.max():.3g} and sums from "
            f"{sums.min():.3g} to {sums.max():.3g}; if these are logits, take their softmax first"
        )
    return probabilities
