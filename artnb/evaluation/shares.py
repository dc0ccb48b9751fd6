"""Shares of pictures, and how sure they are."""

import math
from collections.abc import Sequence

from artnb.evaluation.score import Score


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
