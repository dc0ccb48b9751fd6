"""Fréchet distances between sets of features: FID.

No matrix square root is taken. Where A'A = Σ₁ and B'B = Σ₂, the trace of (Σ₁Σ₂)^½ is the sum of the
singular values of AB'. With fewer pictures than features, A and B are the centred features
themselves, and AB' is as small as the sets; otherwise they are Cholesky factors.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg.lapack import dpotrf, dpstrf

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score, checked_features, few_images_warning

# The share of a sum of singular values that rounding may take.
TOLERANCE = 1e-8


def fid(real: np.ndarray, fake: np.ndarray, with_interval: bool = True) -> Score:
    """Give the Fréchet inception distance between two sets of features.

    Args:
        real: `(n, d)`, a row for each real picture; at least 2.
        fake: `(m, d)`, a row for each generated picture; at least 2.
        with_interval: False saves the interval, about half of the time.

    Returns:
        The distance, 0 or more. Its interval is ± 1.96 standard errors by the infinitesimal
        jackknife over both sets: how much the number moves with other pictures of the same
        origin, as many of them. The bias of small sets is no part of it. Where both sets have
        one origin it is up to twice as wide as need be.

    Raises:
        InputError: as for `checked_features`.

    Source: Heusel et al. 2017, arXiv 1706.08500, section 3 (unbiased covariances); Efron 1982,
        *The Jackknife, the Bootstrap and Other Resampling Plans*, section 6.3. A bootstrap would
        not do: repeats lower the rank, and its spread came out up to 4.5 times too large.
    """
    real, fake = checked_features(real, fake)
    fits = _fit(real), _fit(fake)
    value = _distance(*fits)
    warnings = few_images_warning(len(real), len(fake))
    if not with_interval:
        return Score(value, warnings=warnings)
    reach = 1.96 * _standard_error(real, fake, *fits)
    interval = "95 %, infinitesimal jackknife over both sets"
    return Score(value, max(0.0, value - reach), value + reach, interval, warnings)


def frechet_distance(
    mu1: np.ndarray, sigma1: np.ndarray, mu2: np.ndarray, sigma2: np.ndarray
) -> float:
    """Give the squared Fréchet distance between two Gaussians.

    Args:
        mu1: `(d,)`, mean of the first.
        sigma1: `(d, d)`, its covariance; singular ones are welcome.
        mu2: `(d,)`, mean of the second.
        sigma2: `(d, d)`, its covariance.

    Returns:
        ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), 0 or more.

    Raises:
        InputError: shapes do not match, numbers are not finite, or a covariance is not symmetric
            and positive semi-definite.

    Source: Dowson and Landau 1982, Journal of Multivariate Analysis 12(3), equation 16.
    """
    gaussians = [_checked_gaussian(mu1, sigma1), _checked_gaussian(mu2, sigma2)]
    dimensions = [len(gaussian.mean) for gaussian in gaussians]
    if dimensions[0] != dimensions[1]:
        raise InputError(
            f"both Gaussians must have the same dimensions, got {dimensions[0]} and "
            f"{dimensions[1]}; use features of one extractor"
        )
    return _distance(*gaussians)


class _Gaussian(NamedTuple):
    mean: np.ndarray  # (d,)
    root: np.ndarray  # (k, d), root' · root is the covariance


def _checked_gaussian(mu: np.ndarray, sigma: np.ndarray) -> _Gaussian:
    mu, sigma = np.asarray(mu, np.float64), np.asarray(sigma, np.float64)
    if mu.ndim != 1 or sigma.shape != (len(mu), len(mu)):
        raise InputError(
            f"a Gaussian needs a mean (d,) and a covariance (d, d), got {mu.shape} and "
            f"{sigma.shape}; take np.mean(features, axis=0) and np.cov(features, rowvar=False)"
        )
    if not (np.isfinite(mu).all() and np.isfinite(sigma).all()):
        raise InputError("means and covariances must be finite; look at the features' NaN")
    root = _root_of_covariance(sigma)
    trace = np.trace(sigma)
    symmetric = np.allclose(sigma, sigma.T, rtol=1e-5, atol=1e-8 * abs(trace))
    # The factorisation stops at a negative pivot and then explains less or more than there is.
    if not symmetric or abs(np.vdot(root, root) - trace) > 1e-6 * abs(trace):
        raise InputError(
            "a covariance must be symmetric and positive semi-definite, got one that is not; "
            "take np.cov(features, rowvar=False)"
        )
    return _Gaussian(mu, root)


def _fit(features: np.ndarray) -> _Gaussian:
    n, d = features.shape
    mean = features.mean(axis=0)
    centred = features - mean
    if n <= d:
        return _Gaussian(mean, centred / math.sqrt(n - 1))
    return _Gaussian(mean, _root_of_covariance(centred.T @ centred / (n - 1)))


def _root_of_covariance(sigma: np.ndarray) -> np.ndarray:
    """Factorise by Cholesky; of a singular covariance with pivots, which stops at its rank."""
    factor, failed = dpotrf(sigma, lower=1, clean=1)
    if not failed:
        return factor.T
    factor, pivots, rank, _ = dpstrf(sigma, lower=1)
    rank = max(rank, 1)  # equal pictures have a root too, a row of zeros
    root = np.empty((rank, len(sigma)))
    root[:, pivots - 1] = np.tril(factor)[:, :rank].T
    return root


def _distance(first: _Gaussian, second: _Gaussian) -> float:
    shift = first.mean - second.mean
    traces = np.vdot(first.root, first.root) + np.vdot(second.root, second.root)
    overlap = _sum_of_singular_values(first.root @ second.root.T)
    # Between equal Gaussians rounding leaves tiny negatives.
    return max(0.0, float(shift @ shift + traces - 2 * overlap))


def _sum_of_singular_values(matrix: np.ndarray) -> float:
    if matrix.shape[0] > matrix.shape[1]:
        matrix = matrix.T
    # Square roots of eigenvalues take a third of the time, and lose digits of small values.
    squares = linalg.eigvalsh(matrix @ matrix.T, driver="ev")
    values = np.sqrt(np.maximum(squares, 0.0))
    noise = 10 * np.finfo(np.float64).eps * squares[-1] + np.finfo(np.float64).tiny
    lost = noise / np.maximum(values, math.sqrt(noise))
    if lost.sum() > TOLERANCE * values.sum():
        values = np.linalg.svd(matrix, compute_uv=False)
    return float(values.sum())


def _standard_error(
    real: np.ndarray, fake: np.ndarray, real_fit: _Gaussian, fake_fit: _Gaussian
) -> float:
    """Give FID's standard error from the influence of every picture on it.

    Giving a picture more weight changes FID by 2(μ₁ − μ₂)·x + x'(I − A)x, where x is the picture
    less its mean and A carries its Gaussian onto the other.
    """
    real, fake = real - real_fit.mean, fake - fake_fit.mean
    shift = real_fit.mean - fake_fit.mean
    carried = _carried_lengths(real, fake, real_fit.root, fake_fit.root)
    variance = 0.0
    for side, direction, length in ((real, shift, carried[0]), (fake, -shift, carried[1])):
        influence = 2 * side @ direction + np.square(side).sum(axis=1) - length
        variance += influence.var() / len(side)
    return math.sqrt(variance)


def _carried_lengths(
    real: np.ndarray, fake: np.ndarray, real_root: np.ndarray, fake_root: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give x'Ax of every centred picture, where A carries its set's Gaussian onto the other's.

    With AB' = USV' for the roots A and B, the two maps are B'V(1/S)V'B and A'U(1/S)U'A. Of the
    singular vectors only U is computed; V = BA'U(1/S).
    """
    if len(real_root) > len(fake_root):
        return _carried_lengths(fake, real, fake_root, real_root)[::-1]
    overlap = real_root @ fake_root.T
    squares, u = linalg.eigh(overlap @ overlap.T, driver="evd")
    seen = squares > 1e-14 * squares[-1]
    values, u = np.sqrt(squares[seen]), u[:, seen]
    for_real = (u.T / values[:, None] ** 1.5) @ overlap @ fake_root
    for_fake = (u.T / values[:, None] ** 0.5) @ real_root
    return np.square(real @ for_real.T).sum(axis=1), np.square(fake @ for_fake.T).sum(axis=1)
