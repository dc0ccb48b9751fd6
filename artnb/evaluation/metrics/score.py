"""A score: a number that carries how sure it is; and the intervals of means and shares."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from artnb.errors import InputError

# Under this many pictures on a side, Fréchet distances are biased upwards (Heusel et al. 2017).
ENOUGH_IMAGES = 2048


class TooFewPicturesError(InputError):
    """A score that cannot be had from so few pictures."""


@dataclass(frozen=True)
class Score:
    """A number with its interval and what speaks against trusting it; `float()` gives the number.

    Args:
        value: the score.
        low: lower end of its interval, or None where there is none.
        high: upper end.
        interval: what the interval is, such as `"95 %, bootstrap of 50 resamples"`.
        warnings: sentences to show wherever the number is shown.
    """

    value: float
    low: float | None = None
    high: float | None = None
    interval: str = ""
    warnings: tuple[str, ...] = ()

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.4g}"
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"

    def with_warnings(self, *warnings: str) -> "Score":
        """Give the same score with further warnings."""
        return replace(self, warnings=self.warnings + warnings)


def checked_features(
    real: np.ndarray, fake: np.ndarray, fewest: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Check two sets of features and give them as float64.

    Args:
        real: `(n, d)`, a row for each real picture.
        fake: `(m, d)`, a row for each generated picture.
        fewest: rows that each side needs.

    Raises:
        InputError: they are not two-dimensional, differ in `d`, hold NaN or infinity, or are
            too few.
    """
    checked = {"real": real, "generated": fake}
    for name, features in checked.items():
        checked[name] = checked_rows(features, f"the {name} set")
        if len(checked[name]) < fewest:
            raise TooFewPicturesError(
                f"this score needs at least {fewest} pictures on each side, got "
                f"{len(checked[name])} {name} ones; add pictures"
            )
    real, fake = checked.values()
    if real.shape[1] != fake.shape[1]:
        raise InputError(
            f"both sets need features of one extractor, got {real.shape[1]} and {fake.shape[1]} "
            "features a picture; extract both with the same one"
        )
    return real, fake


def checked_rows(features: np.ndarray, whose: str) -> np.ndarray:
    """Check one set of features and give it as float64.

    Args:
        features: `(n, d)`, a row for each picture.
        whose: names the set in errors, such as `"the real set"`.

    Raises:
        InputError: it is not two-dimensional, or holds NaN or infinity.
    """
    features = np.asarray(features, np.float64)
    if features.ndim != 2:
        raise InputError(
            f"features must be (pictures, features), got the shape {features.shape} of {whose}; "
            "give a row for each picture"
        )
    bad = ~np.isfinite(features).all(axis=1)
    if bad.any():
        raise InputError(
            f"features must be finite, and {bad.sum()} of {len(bad)} rows of {whose} are not "
            f"(the first is row {bad.argmax()}); look at the pictures they come from"
        )
    return features


def few_images_warning(real: int, fake: int) -> tuple[str, ...]:
    """Warn of sets below 2,048 pictures; nothing where both are large enough."""
    if min(real, fake) >= ENOUGH_IMAGES:
        return ()
    return (
        f"only {real:,} real and {fake:,} generated pictures: below {ENOUGH_IMAGES:,} on a side "
        "this score is biased upwards, so compare it only with others of the same numbers",
    )


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


def share_score(count: int, total: int) -> Score:
    """Give a share with Wilson's interval, which has a width even where none or all count.

    Args:
        count: pictures that count.
        total: pictures there are, at least 1.

    Returns:
        The share in [0, 1]. A bootstrap would call a share of 0 or 1 certain, of however few.

    Source: Wilson 1927, Journal of the American Statistical Association 22(158).
    """
    from scipy.stats import binomtest

    low, high = binomtest(count, total).proportion_ci(method="wilson")
    return Score(count / total, float(low), float(high), "95 %, Wilson")


def mean_of_shares(shares: Sequence[Score]) -> Score:
    """Give the mean of independent shares, each of which has its interval.

    Source: Zou and Donner 2008, Statistics in Medicine 27(10): distances to the ends, squared,
        add up.
    """
    value = sum(share.value for share in shares) / len(shares)
    below = math.hypot(*(share.value - share.low for share in shares)) / len(shares)
    above = math.hypot(*(share.high - share.value for share in shares)) / len(shares)
    low, high = max(0.0, value - below), min(1.0, value + above)
    return Score(value, low, high, f"{shares[0].interval} for each of {len(shares)}")


# 128 MB of float64: large enough for full speed, small enough for every machine.
LARGEST_BLOCK_ENTRIES = 16_000_000


def blocks(rows: int, columns: int, entries: int = LARGEST_BLOCK_ENTRIES) -> Iterator[slice]:
    """Cut the rows of a matrix into blocks of bounded size.

    Args:
        rows: rows of the matrix.
        columns: its columns.
        entries: how many numbers a block may hold; a block has at least one row.

    Returns:
        Slices that cover every row once, in order.
    """
    height = max(1, entries // max(1, columns))
    return (slice(start, start + height) for start in range(0, rows, height))
