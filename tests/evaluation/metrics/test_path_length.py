import numpy as np
import pytest
from scipy.stats import chi2

from artnb.errors import InputError
from artnb.evaluation.metrics.path_length import perceptual_path_length


class Linear:
    """Paints pictures that are a linear map of Gaussian latents."""

    def __init__(self, matrix):
        self.matrix = np.asarray(matrix, np.float64)
        self.painted = []

    def draw(self, count, rng):
        return rng.standard_normal((count, len(self.matrix)))

    def paint(self, latents):
        self.painted.append(len(latents))
        return latents @ self.matrix


class Ends(Linear):
    """Draws the start of every way at 0 and its end at 1."""

    calls = 0

    def draw(self, count, rng):
        self.calls += 1
        return np.full((count, 1), (self.calls + 1) % 2, np.float64)


def as_rows(pictures):
    return pictures.reshape(len(pictures), -1)


def trimmed_mean_of_chi2():
    """Mean of χ² with one degree of freedom between its 1st and 99th percentile.

    x times its density is the density of χ² with three degrees of freedom.
    """
    low, high = chi2.ppf((0.01, 0.99), 1)
    return (chi2.cdf(high, 3) - chi2.cdf(low, 3)) / 0.98


def test_a_linear_model_has_the_path_length_that_mathematics_gives():
    """Ends of a way differ by N(0, 2), so that lengths are 2·9·χ² for pictures of 3·w."""
    score = perceptual_path_length(Linear([[3.0]]), as_rows, samples=20_000, batch_size=1000)
    expected = 2 * 9 * trimmed_mean_of_chi2()
    assert score.value == pytest.approx(expected, rel=0.03)
    assert score.low < expected < score.high
    assert score.interval == "95 %, bootstrap of 1,000 resamples of the steps"


def test_a_curved_path_is_measured_where_it_is():
    """Pictures of t² on the way from 0 to 1 have the length (2t)², which is 4/3 on average."""
    score = perceptual_path_length(
        Ends([[1.0]]), lambda pictures: pictures**2, samples=20_000, batch_size=1000
    )
    assert score.value == pytest.approx(4 / 3, rel=0.03)


@pytest.mark.parametrize("epsilon", [1e-4, 1e-2])
def test_epsilon_is_divided_out(epsilon):
    model = Ends([[2.0, 0.0, 1.0]])
    score = perceptual_path_length(model, as_rows, samples=50, epsilon=epsilon)
    assert score.value == pytest.approx(5, rel=1e-6)


def test_extreme_steps_are_left_out():
    """Of 1,000 steps one is a jump, which alone would make the mean a million."""

    def features(pictures):
        rows = np.zeros((len(pictures), 1))
        rows[len(pictures) // 2 :] = 1e-4
        rows[-1] = 1e5 * 1e-4 if len(pictures) == 200 and not seen else 1e-4
        seen.append(1)
        return rows

    seen = []
    score = perceptual_path_length(Linear([[1.0]]), features, samples=1000, batch_size=100)
    assert score.value == pytest.approx(1)


def test_every_step_is_painted_once_in_batches():
    model = Linear(np.eye(3))
    perceptual_path_length(model, as_rows, samples=25, batch_size=10)
    assert model.painted == [20, 20, 10]


def test_is_the_same_for_a_seed():
    def measured(seed):
        return perceptual_path_length(Linear(np.eye(3)), as_rows, samples=50, seed=seed)

    assert measured(1) == measured(1)
    assert measured(1) != measured(2)


def test_latents_keep_their_type_and_may_have_layers():
    class Layered(Linear):
        def draw(self, count, rng):
            return rng.standard_normal((count, 4, 2)).astype(np.float32)

        def paint(self, latents):
            assert latents.dtype == np.float32
            return latents

    score = perceptual_path_length(Layered([[1.0]]), as_rows, samples=64, epsilon=1e-2)
    assert score.value == pytest.approx(16, rel=0.3)


@pytest.mark.parametrize("model", [object(), lambda photos: photos])
def test_a_model_without_latents_is_refused_with_the_reason(model):
    with pytest.raises(InputError, match=r"two latents, and .* a CycleGAN paints from a photo"):
        perceptual_path_length(model, as_rows)


def test_rounded_pictures_are_refused():
    class Rounding(Linear):
        def paint(self, latents):
            return super().paint(latents).astype(np.uint8)

    with pytest.raises(InputError, match="as floats, got uint8"):
        perceptual_path_length(Rounding([[1.0]]), as_rows)


def test_features_that_are_not_finite_are_refused():
    with pytest.raises(InputError, match="finite"):
        perceptual_path_length(Linear([[1.0]]), lambda pictures: pictures * np.nan)


@pytest.mark.parametrize("option", [{"samples": 0}, {"batch_size": 0}, {"epsilon": 0.0}])
def test_numbers_that_measure_nothing_are_refused(option):
    with pytest.raises(InputError, match="epsilon above 0, got"):
        perceptual_path_length(Linear([[1.0]]), as_rows, **option)
