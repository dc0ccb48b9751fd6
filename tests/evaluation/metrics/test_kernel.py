import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics import kernel
from artnb.evaluation.metrics.kernel import kid


def drawn(n, d=6, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def by_loops(real, fake):
    """The unbiased squared MMD, pair by pair."""
    n, m, d = len(real), len(fake), real.shape[1]
    among_real = [(x @ y / d + 1) ** 3 for i, x in enumerate(real) for y in np.delete(real, i, 0)]
    among_fake = [(x @ y / d + 1) ** 3 for i, x in enumerate(fake) for y in np.delete(fake, i, 0)]
    between = [(x @ y / d + 1) ** 3 for x in real for y in fake]
    return sum(among_real) / (n * (n - 1)) + sum(among_fake) / (m * (m - 1)) - 2 * np.mean(between)


def test_by_hand():
    """All real pictures at 1, all generated at 3, in one dimension: 2³ + 10³ − 2·4³."""
    assert kid(np.ones((12, 1)), 3 * np.ones((15, 1))).value == pytest.approx(880)


def test_agrees_with_a_double_loop():
    real, fake = drawn(10), drawn(10, seed=1) + 0.5
    score = kid(real, fake, subsets=3, subset_size=10)  # each subset is the whole set
    assert score.value == pytest.approx(by_loops(real, fake), rel=1e-12)
    assert score.high - score.low < 1e-12


def test_subsets_are_drawn_without_repeats_and_averaged():
    real, fake = drawn(11), drawn(14, seed=1) + 0.5
    rng, expected = np.random.default_rng(9), []
    for _ in range(4):
        rows, others = (rng.choice(n, 7, replace=False) for n in (11, 14))
        expected.append(by_loops(real[rows], fake[others]))
    score = kid(real, fake, subsets=4, subset_size=7, seed=9)
    assert score.value == pytest.approx(np.mean(expected), rel=1e-10)
    assert score.high - score.value == pytest.approx(np.std(expected), rel=1e-10)
    assert score.interval == "± one standard deviation over 4 subsets of 7"


def test_is_unbiased():
    rng = np.random.default_rng(2)
    values = [
        kid(rng.standard_normal((20, 6)), rng.standard_normal((30, 6)), subsets=2).value
        for _ in range(400)
    ]
    standard_error = np.std(values) / 20
    assert abs(np.mean(values)) < 3 * standard_error
    assert 0.3 < np.mean(np.array(values) < 0) < 0.8


def test_grows_with_shift_and_noise():
    real, noise = drawn(300), drawn(300, seed=1)
    shifted = [kid(real, drawn(300, seed=2) + shift).value for shift in (0.3, 0.6, 1)]
    noisy = [kid(real, real + share * noise).value for share in (0.5, 1, 2)]
    for scores in (shifted, noisy):
        assert scores == sorted(scores)
        assert scores[-1] > 2 * scores[0]


def test_what_subsets_share_changes_nothing(monkeypatch):
    real, fake = drawn(60), drawn(50, seed=1) + 0.5
    shared = kid(real, fake)
    monkeypatch.setattr(kernel, "LARGEST_KERNEL_ENTRIES", 0)
    assert kid(real, fake).value == pytest.approx(shared.value, rel=1e-12)


def test_small_sets_are_halved_and_warned_of():
    score = kid(drawn(31), drawn(2000))
    assert score.interval == "± one standard deviation over 100 subsets of 15"
    assert "31 pictures: KID's subsets have 15 instead of 1,000" in score.warnings[0]


def test_the_usual_subsets_need_no_warning():
    score = kid(drawn(2000), drawn(2200, seed=1), subsets=2)
    assert score.warnings == ()
    assert score.interval.endswith("2 subsets of 1,000")


def test_subsets_of_most_of_a_side_are_warned_of():
    """Subsets that are nearly the whole set agree with each other, whatever the set is worth."""
    score = kid(drawn(100), drawn(108, seed=1) + 0.1, subset_size=100)
    assert score.interval.endswith("100 subsets of 100")
    half = kid(drawn(100), drawn(108, seed=1) + 0.1, subset_size=50)
    assert score.high - score.low < 0.4 * (half.high - half.low)
    assert "100 pictures: KID's subsets of 100 have most" in score.warnings[0]
    assert "too narrow" in score.warnings[0]
    assert half.warnings == ()


def test_is_the_same_for_a_seed():
    real, fake = drawn(40), drawn(40, seed=1)
    assert kid(real, fake, seed=5) == kid(real, fake, seed=5)
    assert kid(real, fake, seed=5) != kid(real, fake, seed=6)


@pytest.mark.parametrize(("subsets", "subset_size"), [(0, 1000), (100, 1)])
def test_subsets_that_measure_nothing_are_refused(subsets, subset_size):
    with pytest.raises(InputError, match=f"got {subsets} of {subset_size}"):
        kid(drawn(20), drawn(20), subsets, subset_size)
