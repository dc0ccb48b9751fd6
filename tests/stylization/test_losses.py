"""Style and content losses, against numbers by hand."""

import numpy as np
import pytest

pytestmark = pytest.mark.backend

ALL = np.full((4, 1), 0.25, np.float32)


def features(*pixels):
    """Four pixels of two channels as `(1, 2, 2, 2)`."""
    return np.array(pixels, np.float32).reshape(1, 2, 2, 2)


ONE = features((1, 2), (3, 2), (1, 0), (3, 0))
OTHER = features((0, 1), (0, 1), (2, 1), (2, 1))


def test_gram_matrices_are_means_of_products():
    from artnb.stylization.losses import gram_loss, gram_matrix

    found, wanted = (np.array(gram_matrix(x, ALL)) for x in (ONE, OTHER))
    assert found.tolist() == [[5, 2], [2, 2]]
    assert wanted.tolist() == [[2, 1], [1, 1]]
    assert float(gram_loss(found, wanted)) == (9 + 1 + 1 + 1) / 4


def test_moments_are_means_and_deviations():
    from artnb.stylization.losses import moments, moments_loss

    found, wanted = (np.array(moments(x, ALL)) for x in (ONE, OTHER))
    assert found.tolist() == [[2, 1], [5, 2]]
    assert wanted.tolist() == [[1, 1], [2, 1]]
    # Deviations are 1 and 1 against 1 and 0.
    assert float(moments_loss(found, wanted)) == pytest.approx((1 + 0 + 0 + 1) / 3, rel=2e-3)


def test_sliced_distances_are_those_along_the_axes(monkeypatch):
    from artnb.stylization import losses

    monkeypatch.setattr(losses, "directions", lambda channels: np.eye(channels, dtype=np.float32))
    places = np.arange(4)
    found, wanted = (losses.sorted_projections(x, places) for x in (ONE, OTHER))
    assert np.array(found).tolist() == [[1, 0], [1, 0], [3, 2], [3, 2]]
    # Each of the first channel is 1 away, and each of the second; the mean square is 1.5.
    assert float(losses.sliced_loss(found, wanted)) == pytest.approx(1 / 1.5)


def test_directions_are_orthonormal_and_the_same_each_time():
    from artnb.stylization.losses import directions

    drawn = directions(16)
    assert np.abs(drawn.T @ drawn - np.eye(16)).max() < 1e-6
    assert (drawn == directions.__wrapped__(16)).all()


def test_directions_are_worked_out_once():
    """For 512 channels that takes a second on a busy machine, and each step's loss needs them."""
    from artnb.stylization.losses import directions

    assert directions(16) is directions(16)


@pytest.mark.parametrize("loss", ["gram", "moments", "sliced"])
def test_a_style_is_its_own_wherever_its_parts_are(loss):
    from artnb.stylization.losses import STYLE_LOSSES

    style = STYLE_LOSSES[loss]
    random = np.random.default_rng(0)
    painting = random.gamma(2, 1, (1, 8, 6, 5)).astype(np.float32)
    shuffled = random.permutation(painting.reshape(-1, 5)).reshape(1, 6, 8, 5)
    where = style.where(np.ones((8, 6), np.float32))
    wanted = style.statistics(painting, where)
    assert float(style.loss(style.statistics(shuffled, where), wanted)) < 1e-10
    assert float(style.loss(style.statistics(painting + 0.5, where), wanted)) > 1e-3


@pytest.mark.parametrize("loss", ["gram", "moments", "sliced"])
def test_only_what_a_mask_shows_counts(loss):
    from artnb.stylization.losses import STYLE_LOSSES

    style = STYLE_LOSSES[loss]
    random = np.random.default_rng(1)
    picture = random.gamma(2, 1, (1, 4, 6, 3)).astype(np.float32)
    mask = np.zeros((4, 6), np.float32)
    mask[:, :3] = 1
    within = style.statistics(picture, style.where(mask))
    alone = style.statistics(picture[:, :, :3], style.where(np.ones((4, 3), np.float32)))
    assert np.abs(np.array(within) - np.array(alone)).max() < 1e-5


def test_quantiles_lie_between_sorted_values():
    from artnb.stylization.losses import quantiles

    values = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
    assert np.array(quantiles(values, 2)).ravel().tolist() == [0.5, 2.5]
    assert np.array(quantiles(values, 4)).ravel().tolist() == [0, 1, 2, 3]
    assert np.array(quantiles(values, 8)).ravel().tolist() == pytest.approx(
        [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
    )


def test_content_is_compared_place_by_place():
    from artnb.stylization.losses import relative_error, squared_error

    assert float(squared_error(ONE, OTHER)) == (1 + 1 + 9 + 1 + 1 + 1 + 1 + 1) / 8
    assert float(relative_error(ONE, OTHER)) == pytest.approx(2 / 1.5)
    assert float(relative_error(ONE, ONE)) == 0


def test_variation_is_the_difference_of_neighbours():
    from artnb.stylization.losses import total_variation

    picture = np.array([[0, 1], [3, 1]], np.float32).reshape(1, 2, 2, 1)
    assert float(total_variation(picture)) == (9 + 0) / 2 + (1 + 4) / 2
