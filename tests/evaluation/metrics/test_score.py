import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics.frechet import fid
from artnb.evaluation.metrics.kernel import kid
from artnb.evaluation.metrics.neighbours import memorisation_distance, mifid, precision_recall
from artnb.evaluation.metrics.score import (
    Score,
    blocks,
    checked_features,
    few_images_warning,
    mean_of_shares,
    mean_score,
    share_score,
)

ON_FEATURES = [fid, mifid, kid, precision_recall, memorisation_distance]


def drawn(n, d=4, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def test_a_score_is_a_number_that_tells_its_interval():
    score = Score(12.345678, 10.0, 14.5, "95 %")
    assert float(score) == 12.345678
    assert str(score) == "12.35 (10 to 14.5)"
    assert str(Score(0.5)) == "0.5"


def test_warnings_are_added_and_the_score_stays_as_it_is():
    first = Score(1.0, warnings=("one",))
    assert first.with_warnings("two", "three").warnings == ("one", "two", "three")
    assert first.warnings == ("one",)


def test_features_come_back_as_float64():
    real, fake = checked_features(drawn(3).astype(np.float32), [[1, 2, 3, 4]] * 5)
    assert real.dtype == fake.dtype == np.float64
    assert (real.shape, fake.shape) == ((3, 4), (5, 4))


@pytest.mark.parametrize("metric", ON_FEATURES)
def test_one_dimensional_features_are_refused(metric):
    with pytest.raises(InputError, match=r"\(pictures, features\), got the shape \(12,\)"):
        metric(drawn(20), np.zeros(12))


@pytest.mark.parametrize("metric", ON_FEATURES)
def test_features_of_two_extractors_are_refused(metric):
    with pytest.raises(InputError, match="got 4 and 5 features a picture"):
        metric(drawn(20, 4), drawn(20, 5))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("metric", ON_FEATURES)
def test_features_that_are_not_finite_are_refused_with_their_row(metric, bad):
    real = drawn(20)
    real[7, 2] = real[9, 1] = bad
    with pytest.raises(InputError, match=r"2 of 20 rows of the real set .* first is row 7"):
        metric(real, drawn(20))


@pytest.mark.parametrize(
    ("metric", "fewest"),
    [(fid, 2), (mifid, 2), (kid, 10), (precision_recall, 4), (memorisation_distance, 1)],
)
def test_too_few_pictures_are_refused(metric, fewest):
    metric(drawn(20), drawn(fewest))
    with pytest.raises(InputError, match=f"at least {fewest} pictures .* got {fewest - 1} gener"):
        metric(drawn(20), drawn(fewest - 1))


def test_few_images_are_warned_of():
    assert few_images_warning(2048, 2048) == ()
    (warning,) = few_images_warning(6000, 2047)
    assert "6,000 real and 2,047 generated" in warning
    assert "biased upwards" in warning


def test_a_bootstrapped_mean_has_the_interval_that_statistics_give():
    values = drawn(4000, 1)[:, 0] * 3 + 5
    score = mean_score(values, resamples=2000)
    assert score.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / np.sqrt(4000)
    assert score.high - score.value == pytest.approx(half, rel=0.1)
    assert score.value - score.low == pytest.approx(half, rel=0.1)
    assert score.interval == "95 %, bootstrap of 2,000 resamples of the pictures"


def test_a_bootstrap_is_the_same_for_a_seed():
    values = drawn(50, 1)[:, 0]
    assert mean_score(values, seed=3) == mean_score(values, seed=3)
    assert mean_score(values, seed=3) != mean_score(values, seed=4)


@pytest.mark.parametrize(("values", "resamples"), [([1.0, 2.0], 0), ([1.5], 1000)])
def test_without_resamples_or_with_one_value_a_mean_has_no_interval(values, resamples):
    score = mean_score(np.array(values), resamples)
    assert (score.value, score.low, score.high, score.interval) == (1.5, None, None, "")


@pytest.mark.parametrize(("entries", "pieces"), [(1, 10), (9, 5), (40, 1), (1000, 1)])
def test_blocks_cover_every_row_once(entries, pieces):
    cut = list(blocks(10, 4, entries))
    assert np.concatenate([np.arange(10)[rows] for rows in cut]).tolist() == list(range(10))
    assert len(cut) == pieces


@pytest.mark.parametrize(("count", "total"), [(0, 24), (7, 24), (24, 24), (1, 1)])
def test_the_interval_is_wilsons(count, total):
    """The ends solve |share − p| = 1.96 √(p (1 − p) / n)."""
    share = share_score(count, total)
    assert share.value == count / total
    for end in (share.low, share.high):
        reach = 1.959964 * np.sqrt(max(end * (1 - end), 0) / total)
        assert abs(share.value - end) == pytest.approx(reach, abs=1e-6)
    assert share.low < share.high


def test_the_mean_of_two_certain_shares_stays_in_range():
    mean = mean_of_shares([share_score(20, 20), share_score(20, 20)])
    assert mean.value == mean.high == 1
    assert share_score(20, 20).low < mean.low < 1
    assert mean.interval == "95 %, Wilson for each of 2"


def test_distances_to_the_ends_add_up_as_squares():
    mean = mean_of_shares([Score(0.5, 0.2, 0.6), Score(0.7, 0.3, 0.7)])
    assert mean.value == pytest.approx(0.6)
    assert mean.low == pytest.approx(0.6 - 0.25)
    assert mean.high == pytest.approx(0.6 + 0.05)
