import warnings

import numpy as np
import pytest
from scipy import linalg

from artnb.errors import InputError
from artnb.evaluation.metrics.frechet import fid, frechet_distance


def drawn(n, d, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def features_with(root, mean, n, seed=0):
    """Features whose mean and unbiased covariance are `mean` and root'·root, to rounding."""
    white = drawn(n, len(root), seed)
    white, _ = np.linalg.qr(white - white.mean(axis=0))
    return np.sqrt(n - 1) * white @ root + mean


def turned_pairs(variances, angles):
    """A root of a covariance of 2×2 blocks, each turned by an angle."""
    blocks = []
    for (first, second), angle in zip(variances, angles, strict=True):
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        blocks.append(np.diag(np.sqrt([first, second])) @ turn)
    return linalg.block_diag(*blocks)


def known_distance(root1, mean1, root2, mean2):
    """The distance of Gaussians of 2×2 blocks by hand.

    The eigenvalues a², b² of a 2×2 product have (a + b)² = trace + 2·√determinant.
    """
    sigma1, sigma2 = root1.T @ root1, root2.T @ root2
    overlap = 0.0
    for k in range(0, len(sigma1), 2):
        first, second = sigma1[k : k + 2, k : k + 2], sigma2[k : k + 2, k : k + 2]
        determinants = max(0.0, np.linalg.det(first) * np.linalg.det(second))
        overlap += np.sqrt(np.trace(first @ second) + 2 * np.sqrt(determinants))
    shift = np.sum((mean1 - mean2) ** 2)
    return shift + np.trace(sigma1) + np.trace(sigma2) - 2 * overlap


def by_sqrtm(real, fake):
    sigma1, sigma2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a singular product may have no root, scipy warns
        overlap = np.trace(linalg.sqrtm(sigma1 @ sigma2)).real
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    return shift + np.trace(sigma1) + np.trace(sigma2) - 2 * overlap


@pytest.fixture
def blocks_of_16():
    """Two Gaussians of 8 turned blocks each that do not commute, and their distance."""
    rng = np.random.default_rng(5)
    roots = [turned_pairs(rng.uniform(0.1, 4, (8, 2)), rng.uniform(0, np.pi, 8)) for _ in range(2)]
    means = rng.standard_normal((2, 16))
    return roots, means, known_distance(roots[0], means[0], roots[1], means[1])


def test_known_moments_give_the_known_distance(blocks_of_16):
    roots, means, expected = blocks_of_16
    covariances = [root.T @ root for root in roots]
    distance = frechet_distance(means[0], covariances[0], means[1], covariances[1])
    assert distance == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("n", "m"), [(40, 60), (17, 100), (1000, 3000)])
def test_features_with_known_moments_give_the_known_distance(blocks_of_16, n, m):
    roots, means, expected = blocks_of_16
    real, fake = (features_with(roots[k], means[k], (n, m)[k], seed=k) for k in range(2))
    assert fid(real, fake).value == pytest.approx(expected, rel=1e-9)


def test_two_numbers_a_side_in_one_dimension():
    """Means 1 and 5, variances 2 and 8: 16 + 2 + 8 − 2·4."""
    assert fid([[0.0], [2.0]], [[3.0], [7.0]]).value == pytest.approx(18)


@pytest.mark.parametrize(("n", "m"), [(300, 280), (200, 1200), (1200, 200)])
def test_rank_deficient_features_give_the_known_distance(n, m):
    """Both sets live in 150 of 600 dimensions, all but 40 of them shared; blocks do not commute."""
    rng = np.random.default_rng(1)
    variances = rng.uniform(0.01, 3, (2, 300, 2))
    variances[0, :20] = variances[0, 75:] = variances[1, :0] = variances[1, 75:] = 0
    angles = rng.uniform(0, np.pi, (2, 300))
    roots = [turned_pairs(variances[k], angles[k]) for k in range(2)]
    expected = known_distance(roots[0], 0.0, roots[1], 0.5 * np.ones(600))
    kept = [root[np.any(root != 0, axis=1)] for root in roots]
    real, fake = features_with(kept[0], 0.0, n), features_with(kept[1], 0.5, m, seed=2)
    assert fid(real, fake).value == pytest.approx(expected, rel=1e-9)


def test_agrees_with_sqrtm_on_features_of_full_rank():
    real, fake = drawn(900, 120), drawn(700, 120, seed=1) @ drawn(120, 120, seed=2) / 8 + 0.3
    assert fid(real, fake).value == pytest.approx(by_sqrtm(real, fake), rel=1e-6)


def test_agrees_with_sqrtm_where_there_are_fewer_pictures_than_features():
    """The peer is right to 4e-8 here; ours is to 1e-14, as the known distances above show."""
    real, fake = drawn(60, 400), 1.3 * drawn(50, 400, seed=1) + 0.1
    ours = fid(real, fake).value
    assert ours == pytest.approx(by_sqrtm(real, fake), rel=1e-6)


def test_covariances_and_features_give_the_same_distance():
    real, fake = drawn(60, 200), drawn(50, 200, seed=1) + 0.1
    moments = [moment for x in (real, fake) for moment in (x.mean(axis=0), np.cov(x, rowvar=False))]
    assert frechet_distance(*moments) == pytest.approx(fid(real, fake).value, rel=1e-9)


def test_digits_survive_variances_of_many_magnitudes():
    """Squares of the smallest singular values are below rounding; the values themselves count."""
    variances = np.logspace(0, -18, 400)
    root = np.diag(np.sqrt(variances))
    real = features_with(root, 0.0, 401)
    fake = features_with(2 * root, 0.0, 401, seed=1)
    distance = frechet_distance(
        np.zeros(400), np.diag(variances), np.zeros(400), np.diag(4 * variances)
    )
    assert distance == pytest.approx(variances.sum(), rel=1e-9)
    assert fid(real, fake).value == pytest.approx(variances.sum(), rel=1e-6)


@pytest.mark.parametrize("n", [50, 500])
def test_a_set_is_at_no_distance_from_itself(n):
    features = drawn(n, 100)
    assert 0 <= fid(features, features).value < 1e-6
    assert 0 <= fid(features, features[::-1]).value < 1e-6


@pytest.mark.parametrize(("n", "m"), [(50, 40), (50, 400), (500, 400)])
def test_symmetry(n, m):
    real, fake = drawn(n, 100), 2 * drawn(m, 100, seed=1) + 1
    one, other = fid(real, fake), fid(fake, real)
    assert one.value == pytest.approx(other.value, rel=1e-9)
    assert one.high == pytest.approx(other.high, rel=1e-6)


@pytest.mark.parametrize("n", [50, 500])
def test_grows_with_shift_and_noise(n):
    real, noise = drawn(n, 100), drawn(n, 100, seed=1)
    shifted = [fid(real, real + shift).value for shift in (0.1, 0.2, 0.4)]
    assert shifted == pytest.approx([100 * shift**2 for shift in (0.1, 0.2, 0.4)], rel=1e-6)
    noisy = [fid(real, real + share * noise).value for share in (0.1, 0.2, 0.5, 1, 2)]
    assert noisy == sorted(noisy)
    assert noisy[0] > 0


def skewed_pair(rng, n, m, d=32):
    """Features whose variances fall as in trained networks, and a somewhat different set."""
    widths = np.arange(1, d + 1) ** -0.5
    real = rng.standard_normal((n, d)) * widths
    fake = rng.standard_normal((m, d)) * widths * np.linspace(0.7, 1.6, d) + 0.3 * widths
    return real, fake


@pytest.mark.parametrize(("n", "m"), [(20, 25), (25, 200), (60, 60), (300, 500)])
def test_the_interval_is_as_wide_as_the_spread_of_the_score(n, m):
    rng = np.random.default_rng(7)
    scores = [fid(*skewed_pair(rng, n, m)) for _ in range(150)]
    spread = np.std([score.value for score in scores], ddof=1)
    told = np.mean([score.high - score.value for score in scores]) / 1.96
    assert 1 / 1.3 < told / spread < 1.3


def test_the_interval_says_what_it_is_and_can_be_left_out():
    real, fake = drawn(30, 8), drawn(30, 8, seed=1)
    score, bare = fid(real, fake), fid(real, fake, with_interval=False)
    assert score.interval == "95 %, infinitesimal jackknife over both sets"
    assert 0 <= score.low < score.value < score.high
    assert (bare.value, bare.low, bare.high, bare.interval) == (score.value, None, None, "")
    assert "only 30 real and 30 generated" in bare.warnings[0]


def test_enough_pictures_are_not_warned_of():
    assert fid(drawn(2048, 2), drawn(2048, 2, seed=1)).warnings == ()


def test_dead_features_and_repeated_pictures_do_no_harm():
    real, fake = drawn(90, 10), drawn(80, 10, seed=1) + 1
    expected = fid(real, fake)
    real, fake = (np.hstack([side, np.zeros((len(side), 3))]) for side in (real, fake))
    with_dead = fid(real, fake)
    assert with_dead.value == pytest.approx(expected.value, rel=1e-9)
    assert with_dead.high == pytest.approx(expected.high, rel=1e-6)
    constant = fid(np.ones((5, 3)), np.zeros((5, 3)))
    assert (constant.value, constant.low, constant.high) == pytest.approx((3, 3, 3))


@pytest.mark.parametrize(
    ("sigma", "message"),
    [
        (np.eye(3), r"got \(2,\) and \(3, 3\)"),
        ([[1.0, 2.0], [2.0, 1.0]], "positive semi-definite"),
        ([[-1.0, 0.0], [0.0, 1.0]], "positive semi-definite"),
        ([[1.0, 0.5], [0.0, 1.0]], "symmetric"),
        ([[1.0, np.nan], [0.0, 1.0]], "finite"),
    ],
)
def test_what_is_no_covariance_is_refused(sigma, message):
    with pytest.raises(InputError, match=message):
        frechet_distance(np.zeros(2), sigma, np.zeros(2), np.eye(2))


def test_gaussians_of_unequal_dimensions_are_refused():
    with pytest.raises(InputError, match="same dimensions, got 2 and 3"):
        frechet_distance(np.zeros(2), np.eye(2), np.zeros(3), np.eye(3))


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m"), [(5000, 5000), (300, 300)])
def test_agrees_with_sqrtm_at_the_size_of_inception(n, m):
    """How fast it is beside it, `benchmarks/frechet.py` says."""
    real, fake = drawn(n, 2048), 1.1 * drawn(m, 2048, seed=1) + 0.01
    ours = fid(real, fake, with_interval=False).value
    assert ours == pytest.approx(by_sqrtm(real, fake), rel=1e-6)
