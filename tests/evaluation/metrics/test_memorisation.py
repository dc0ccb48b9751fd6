import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics import memorisation
from artnb.evaluation.metrics.memorisation import (
    Nearest,
    nearest_real,
    real_to_real,
    suspicious_distance,
)


def noise(count, dimension=64, seed=0):
    """Features like those after a ReLU: none below zero."""
    return np.abs(np.random.default_rng(seed).normal(size=(count, dimension)))


def test_the_nearest_is_found_and_its_distance():
    real = np.array([[1.0, 0.0], [0.0, 2.0]])
    fake = np.array([[3.0, 3.0], [0.0, 5.0], [4.0, 3.0]])
    nearest = nearest_real(real, fake)
    np.testing.assert_array_equal(nearest.indices[1:], [1, 0])
    np.testing.assert_allclose(nearest.distances, [1 - np.sqrt(0.5), 0, 0.2], atol=1e-12)


def test_opposite_features_are_near_as_in_mifid():
    assert nearest_real([[1.0, 1.0]], [[-2.0, -2.0]]).distances[0] == pytest.approx(0)


def test_zeros_are_far_from_everything_and_keep_their_place():
    nearest = nearest_real(noise(4), np.stack([np.zeros(64), noise(4)[2]]))
    assert nearest.distances.tolist() == pytest.approx([1, 0])
    assert nearest.indices[1] == 2


def test_blocks_give_what_one_block_gives(monkeypatch):
    real, fake = noise(30), noise(50, seed=1)
    whole, among = nearest_real(real, fake), real_to_real(real)
    monkeypatch.setattr(memorisation, "_BLOCK_DISTANCES", 30 * 7)
    in_blocks = nearest_real(real, fake)
    np.testing.assert_array_equal(in_blocks.indices, whole.indices)
    np.testing.assert_allclose(in_blocks.distances, whole.distances, atol=1e-12)
    np.testing.assert_allclose(real_to_real(real).distances, among.distances, atol=1e-12)


def test_a_real_picture_is_not_its_own_neighbour_and_neither_is_its_repeat():
    real = noise(20)
    alone = real_to_real(real)
    assert (alone.indices != np.arange(20)).all()
    repeated = real_to_real(np.concatenate([real, real.astype(np.float32)]))
    np.testing.assert_allclose(repeated.distances[:20], alone.distances, atol=1e-6)


def test_the_most_suspicious_come_first():
    nearest = Nearest(np.zeros(3, int), np.array([0.3, 0.1, 0.2]))
    assert nearest.order().tolist() == [1, 2, 0]


def test_copies_are_counted():
    real, fresh = noise(200, 256), noise(40, 256, seed=1) ** 2
    copies = real[:10] + 0.01 * noise(10, 256, seed=2)
    among = real_to_real(real)
    described = nearest_real(real, np.concatenate([fresh, copies])).describe(among)
    assert "Of 50 translations 10 (20 %) lie nearer to a real picture" in described
    assert "more than about 1 % would be suspicious" in described


def test_what_is_drawn_like_the_real_pictures_is_not_suspicious():
    real, fake = noise(1000, 16), noise(1000, 16, seed=1)
    nearest, among = nearest_real(real, fake), real_to_real(real)
    share = (nearest.distances < suspicious_distance(among)).mean()
    assert share < 0.03
    assert "suspicious" in nearest.describe(among)


def test_the_limit_is_what_one_of_a_hundred_real_pictures_keeps_below():
    among = Nearest(np.zeros(101, int), np.linspace(0, 1, 101))
    assert suspicious_distance(among) == pytest.approx(0.01)


def test_what_cannot_be_compared_is_explained():
    with pytest.raises(InputError, match="got 64 and 3 features a picture"):
        nearest_real(noise(4), noise(4, 3))
    with pytest.raises(InputError, match="must be finite"):
        nearest_real(noise(4), np.full((2, 64), np.nan))
    with pytest.raises(InputError, match="at least 1 pictures on each side, got 0 generated"):
        nearest_real(noise(4), np.zeros((0, 64)))
    with pytest.raises(InputError, match="two different real pictures are needed, got one, 5"):
        real_to_real(np.repeat(noise(1), 5, axis=0))
