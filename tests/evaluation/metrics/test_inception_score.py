import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics.inception_score import inception_score


def test_no_opinion_scores_one():
    score = inception_score(np.full((50, 5), 0.2))
    assert (score.value, score.low, score.high) == pytest.approx((1, 1, 1))


def test_sure_and_balanced_scores_the_number_of_classes():
    sure = np.tile(np.eye(4), (10, 1))
    assert inception_score(sure, splits=10, seed=None).value == pytest.approx(4)


def test_sure_of_one_class_alone_scores_one():
    assert inception_score(np.tile([1.0, 0, 0], (20, 1))).value == pytest.approx(1)


def test_by_hand():
    """p(y) = (½, ½): each picture has the divergence ¾·ln(3/2) + ¼·ln(1/2)."""
    rows = [[0.75, 0.25], [0.25, 0.75]]
    expected = np.exp(0.75 * np.log(1.5) + 0.25 * np.log(0.5))
    assert inception_score(rows, splits=1).value == pytest.approx(expected, rel=1e-12)


def test_mean_and_deviation_over_splits():
    """The first split scores 2, the second 1."""
    rows = [[1, 0], [0, 1], [1, 0], [1, 0]]
    score = inception_score(rows, splits=2, seed=None)
    assert (score.value, score.low, score.high) == pytest.approx((1.5, 1.0, 2.0))
    assert score.interval == "± one standard deviation over 2 splits"


def test_the_order_of_pictures_does_not_count_after_shuffling():
    ordered = np.repeat(np.eye(4), 50, axis=0)
    assert inception_score(ordered, seed=None).value < 2
    score = inception_score(ordered)
    assert score.value > 3.5
    assert score == inception_score(ordered, seed=0)
    assert score != inception_score(ordered, seed=1)


def test_rounding_of_a_softmax_is_no_error():
    logits = 5 * np.random.default_rng(0).standard_normal((40, 1000)).astype(np.float32)
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert 1 < inception_score(softmax).value < 1000


def test_logits_are_told_from_probabilities():
    logits = np.random.default_rng(0).standard_normal((40, 10))
    with pytest.raises(InputError, match=r"sum to 1, got numbers from -.*softmax first"):
        inception_score(logits)
    with pytest.raises(InputError, match="sums from 2 to 2"):
        inception_score(np.full((20, 4), 0.5))


def test_negative_numbers_are_no_probabilities():
    with pytest.raises(InputError, match=r"from -0.5 to 1.5"):
        inception_score([[1.5, -0.5]] * 20)


@pytest.mark.parametrize("splits", [0, 10])
def test_fewer_pictures_than_splits_are_refused(splits):
    with pytest.raises(InputError, match=f"got 9 pictures for {splits} splits"):
        inception_score(np.full((9, 2), 0.5), splits)


@pytest.mark.parametrize("shape", [(12,), (0, 4), (2, 3, 4)])
def test_shapes_are_checked(shape):
    with pytest.raises(InputError, match=r"\(pictures, classes\), got the shape"):
        inception_score(np.full(shape, 0.25))


def test_nan_is_refused():
    with pytest.raises(InputError, match="finite"):
        inception_score(np.full((20, 2), np.nan))


def test_splits_smaller_than_the_classes_are_warned_of():
    (warning,) = inception_score(np.tile(np.eye(50), (2, 1))).warnings
    assert "10 pictures for 50 classes" in warning
    assert inception_score(np.tile(np.eye(4), (10, 1))).warnings == ()
