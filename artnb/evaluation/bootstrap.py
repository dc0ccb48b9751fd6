"""The interval of a mean over pictures."""

import numpy as np

from artnb.evaluation.score import Score


def mean_score(
    values: np.ndarray, resamples: int = 1000, seed: int = 0, of: str = "pictures"
) -> Score:
    """Give the mean of independent values with its bootstrap interval.

    Args:
        values: `(n,)`, a number for each picture.
        resamples: how often `n` values are drawn with replacement; 0 gives no interval.
        seed: of these draws.
        of: what the values belong to, for the words beside the interval.

    Returns:
        The mean; its interval reaches from the 2.5th to the 97.5th percentile of the means of
        the resamples. One value alone has none.

    Source: Efron and Tibshirani 1993, *An Introduction to the Bootstrap*, section 13.3.
    """
    values = np.asarray(values, np.float64)
    mean = float(values.mean())
    if resamples == 0 or len(values) < 2:
        return Score(mean)
    rng, n = np.random.default_rng(seed), len(values)
    means = [values[rng.integers(n, size=n)].mean() for _ in range(resamples)]
    low, high = np.percentile(means, (2.5, 97.5))
    interval = f"95 %, bootstrap of {resamples:,} resamples of the {of}"
    return Score(mean, float(low), float(high), interval)
