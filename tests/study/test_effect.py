import numpy as np
import pytest

from artnb.evaluation.metrics.score import Score
from artnb.study.effect import (
    cliffs_delta,
    few_pictures_warning,
    hardly_differ,
    progress_between,
    ratio_of_means,
)


def normal(count, mean=0.0, seed=0):
    return np.random.default_rng([count, seed]).normal(mean, 1, count)


def test_cliffs_delta_by_hand():
    assert cliffs_delta([1, 2, 3], [2, 3, 4]).value == pytest.approx(
        (1 + 1 + 1 + 0 + 1 + 1 + 0 + 1 - 1) / 9
    )
    assert cliffs_delta([1, 2], [5, 6]).value == 1
    assert cliffs_delta([5, 6], [1, 2]).value == -1


def test_cliffs_delta_of_shifted_normals_is_known():
    """P(Y > X) − P(Y < X) = 2 Φ(d / √2) − 1; for d = 1 that is 0.5205."""
    delta = cliffs_delta(normal(400), normal(400, 1.0, seed=1))
    assert delta.value == pytest.approx(0.5205, abs=0.06)
    assert delta.low < 0.5205 < delta.high


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    inside = 0
    for seed in range(60):
        delta = cliffs_delta(normal(40, seed=seed), normal(60, 1.0, seed=seed), resamples=300)
        inside += delta.low <= 0.5205 <= delta.high
    assert inside >= 52


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 0), (0.4, 0.4), (1, 1), (1.5, 1.5), (-0.3, -0.3)]
)
def test_progress_is_the_share_of_the_way(share, expected):
    photos, paintings = normal(80), normal(50, 3.0)
    moved = share * (paintings.mean() - photos.mean())
    progress = progress_between(photos, photos + moved, paintings)
    assert progress.value == pytest.approx(expected)
    assert progress.low <= expected <= progress.high


def test_pairs_make_progress_surer():
    photos, paintings = normal(60), normal(200, 2.0)
    steady = progress_between(photos, photos + 1, paintings)
    rng = np.random.default_rng(5)
    mixed = progress_between(photos, rng.permutation(photos) + 1, paintings)
    assert steady.high - steady.low < mixed.high - mixed.low


def test_ratio_of_means():
    ratio = ratio_of_means([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((0.5, 0.5, 0.5))


def test_no_resamples_and_single_values_give_no_interval():
    assert cliffs_delta([1, 2], [3, 4], resamples=0).low is None
    assert progress_between([1.0], [2.0], [3.0, 5.0]).low is None


def test_what_hardly_differs():
    assert hardly_differ(Score(0.1, 0.05, 0.15))
    assert hardly_differ(Score(0.4, -0.1, 0.8))
    assert not hardly_differ(Score(0.4, 0.2, 0.6))
    assert not hardly_differ(Score(-0.4))


def test_small_sets_are_warned_of():
    assert few_pictures_warning("monet", 30) == ()
    assert "only 4 pictures of van gogh" in few_pictures_warning("van gogh", 4)[0]
