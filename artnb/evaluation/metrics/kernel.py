"""Kernel distance between sets of features: KID, unbiased for sets of any size."""

from collections.abc import Callable

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score, blocks, checked_features

# 512 MB of float64: a kernel of all pictures with each other up to 8,000 of them.
LARGEST_KERNEL_ENTRIES = 64_000_000
FEWEST_IMAGES = 10


def kid(
    real: np.ndarray, fake: np.ndarray, subsets: int = 100, subset_size: int = 1000, seed: int = 0
) -> Score:
    """Give the kernel inception distance between two sets of features.

    Args:
        real: `(n, d)`, a row for each real picture; at least 10.
        fake: `(m, d)`, a row for each generated picture; at least 10.
        subsets: how many pairs of subsets are compared.
        subset_size: pictures in a subset, drawn without repeats. Where a side has fewer, half
            of the smaller side is taken instead, and a warning says so; another says where
            subsets fill more than half of a side.
        seed: of the drawing.

    Returns:
        The mean over subsets of the unbiased squared MMD with the kernel (x·y/d + 1)³, which is
        0 on average for sets of one origin, and then negative half of the time. Its interval is
        ± one standard deviation over subsets, as papers give it.

    Raises:
        InputError: as for `checked_features`; or subsets are fewer than 1 or smaller than 2.

    Source: Bińkowski et al. 2018, arXiv 1801.01401, section 4 and appendix D.
    """
    real, fake = checked_features(real, fake, fewest=FEWEST_IMAGES)
    if subsets < 1 or subset_size < 2:
        raise InputError(
            f"KID needs at least 1 subset of at least 2 pictures, got {subsets} of {subset_size}; "
            "the usual is 100 of 1,000"
        )
    size, warnings = _fitting_size(min(len(real), len(fake)), subset_size)
    kernel_among = _kernel(np.concatenate([real, fake]), subsets * (2 * size) ** 2)
    rng = np.random.default_rng(seed)
    distances = []
    for _ in range(subsets):
        of_real = rng.choice(len(real), size, replace=False)
        of_fake = rng.choice(len(fake), size, replace=False)
        rows = np.concatenate([of_real, len(real) + of_fake])
        distances.append(_squared_mmd(kernel_among(rows)))
    value, spread = float(np.mean(distances)), float(np.std(distances))
    interval = f"± one standard deviation over {subsets:,} subsets of {size:,}"
    return Score(value, value - spread, value + spread, interval, warnings)


def _fitting_size(smaller: int, subset_size: int) -> tuple[int, tuple[str, ...]]:
    if smaller >= 2 * subset_size:
        return subset_size, ()
    if smaller >= subset_size:
        return subset_size, (
            f"the smaller side has {smaller:,} pictures: KID's subsets of {subset_size:,} have "
            "most of theirs in common, so its interval is too narrow",
        )
    size = smaller // 2
    return size, (
        f"the smaller side has {smaller:,} pictures: KID's subsets have {size:,} instead of "
        f"{subset_size:,}, which leaves its mean as it is and widens its interval",
    )


def _kernel(features: np.ndarray, entries_of_subsets: int) -> Callable[[np.ndarray], np.ndarray]:
    """Give a function from rows to their kernel matrix; what subsets share is computed once."""
    entries = len(features) ** 2
    if entries > min(LARGEST_KERNEL_ENTRIES, entries_of_subsets):
        return lambda rows: _polynomial_kernel(features[rows])
    shared = _polynomial_kernel(features)
    return lambda rows: shared[np.ix_(rows, rows)]


def _polynomial_kernel(features: np.ndarray) -> np.ndarray:
    kernel = features @ features.T
    for rows in blocks(*kernel.shape):
        base = kernel[rows] / features.shape[1] + 1.0
        kernel[rows] = base * base * base  # many times faster than base**3
    return kernel


def _squared_mmd(kernel: np.ndarray) -> float:
    """Give the unbiased estimate; the first half of the rows is real, the second generated."""
    n = len(kernel) // 2
    among_real, among_fake, between = kernel[:n, :n], kernel[n:, n:], kernel[:n, n:]
    # A picture compared with itself is what would bias the estimate.
    within = among_real.sum() - among_real.trace() + among_fake.sum() - among_fake.trace()
    return within / (n * (n - 1)) - 2 * between.mean()
