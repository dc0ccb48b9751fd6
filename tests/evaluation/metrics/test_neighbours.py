import numpy as np
import pytest
from scipy.spatial.distance import cdist

from artnb.errors import InputError
from artnb.evaluation.metrics import neighbours
from artnb.evaluation.metrics.frechet import fid
from artnb.evaluation.metrics.neighbours import (
    Nearest,
    memorisation_distance,
    mifid,
    mifid_from,
    nearest_real,
    precision_recall,
    real_to_real,
    suspicious_distance,
)


def drawn(n, d=8, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def covered(set_, pictures, neighbours):
    """The share of pictures in the balls of a set, distance by distance."""
    radii = np.sort(cdist(set_, set_), axis=1)[:, neighbours]  # the first is its own, 0
    return np.mean((cdist(pictures, set_) <= radii).any(axis=1))


def values(real, fake, **options):
    precision, recall = precision_recall(real, fake, **options)
    return precision.value, recall.value


@pytest.mark.parametrize("neighbours", [1, 3, 5])
@pytest.mark.parametrize(("n", "m"), [(80, 80), (200, 30), (12, 90)])
def test_agrees_with_brute_force(n, m, neighbours):
    real, fake = drawn(n), 0.8 * drawn(m, seed=1) + 0.4
    expected = covered(real, fake, neighbours), covered(fake, real, neighbours)
    assert 0 < min(expected) < 1
    assert values(real, fake, neighbours=neighbours) == expected


def test_far_from_the_origin_nothing_changes():
    real, fake = drawn(100), 0.8 * drawn(100, seed=1)
    assert values(real + 1e4, fake + 1e4) == values(real, fake)


def test_in_blocks_it_is_the_same(monkeypatch):
    real, fake = drawn(50), drawn(70, seed=1) + 0.5
    whole = values(real, fake)
    monkeypatch.setattr(
        neighbours, "blocks", lambda rows, _: (slice(k, k + 9) for k in range(0, rows, 9))
    )
    assert values(real, fake) == whole


def test_by_hand():
    """Balls to the nearest neighbour: radii 1, 1, 2 of the real, 7.5, ½, ½ of the generated."""
    real, fake = np.array([[0.0], [1], [3]]), np.array([[1.5], [9], [9.5]])
    assert values(real, fake, neighbours=1) == (1 / 3, 1.0)


def test_on_the_rim_counts_as_inside():
    real, fake = np.array([[0.0], [1], [5]]), np.array([[2.0], [10], [11]])
    assert values(real, fake, neighbours=1)[0] == 1 / 3 + 0  # 2 is exactly 1 from 1
    real, fake = real * 0.1 + 0.7, fake * 0.1 + 0.7  # and where rounding could move it
    assert values(real, fake, neighbours=1)[0] == 1 / 3


def test_sets_far_apart_and_the_same_set():
    assert values(drawn(50), drawn(50, seed=1) + 100) == (0, 0)
    assert values(drawn(50), drawn(50)) == (1, 1)


def test_a_few_real_pictures_painted_again_and_again_are_precise_and_recall_little():
    real = drawn(200)
    fake = np.repeat(real[:5], 20, axis=0)
    assert values(real, fake) == (1, 5 / 200)


def test_balls_of_repeated_pictures_cover_copies_alone():
    real = np.repeat(drawn(6, d=300), 4, axis=0) / 7
    fake = np.concatenate([real[:2], real[:6] + 1e-4])
    assert values(real, fake)[0] == 2 / 8


def test_precision_falls_with_noise_and_recall_with_narrowness():
    real, other, noise = drawn(300), drawn(300, seed=1), drawn(300, seed=2)
    noisy = [values(real, other + share * noise)[0] for share in (0, 1, 2)]
    narrow = [values(real, share * other)[1] for share in (1, 0.6, 0.3)]
    for shares in (noisy, narrow):
        assert shares == sorted(shares, reverse=True)
        assert shares[-1] < 0.5 * shares[0]


def test_intervals_are_of_covered_flags():
    precision, recall = precision_recall(drawn(400), 1.2 * drawn(300, seed=1))
    for score, n in ((precision, 300), (recall, 400)):
        half = 1.96 * np.sqrt(score.value * (1 - score.value) / n)
        assert score.high - score.low == pytest.approx(2 * half, rel=0.05)
        assert score.interval == "95 %, Wilson"


def test_none_of_few_pictures_is_not_certain():
    nothing = precision_recall(drawn(20), drawn(24, seed=1) + 100).precision
    assert nothing.value == nothing.low == 0
    assert 0.1 < nothing.high < 0.2


def test_small_sets_are_warned_of():
    few = precision_recall(drawn(20), drawn(2100, d=2, seed=1)[:, :1] * np.ones(8))
    assert all("only 20 real and 2,100 generated" in score.warnings[0] for score in few)
    assert all("is biased upwards" in score.warnings[0] for score in few)
    enough = precision_recall(drawn(2048, d=2), drawn(2048, d=2, seed=1))
    assert not enough.precision.warnings
    assert not enough.recall.warnings


def test_neighbours_are_at_least_one():
    with pytest.raises(InputError, match="at least 1, got 0"):
        precision_recall(drawn(20), drawn(20), neighbours=0)


def test_more_neighbours_need_more_pictures():
    with pytest.raises(InputError, match=r"at least 6 pictures .* got 5 real"):
        precision_recall(drawn(5), drawn(20), neighbours=5)


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
    monkeypatch.setattr(
        neighbours, "blocks", lambda rows, _: (slice(k, k + 7) for k in range(0, rows, 7))
    )
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


def test_memorisation_distance_by_hand():
    real = [[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]]
    fake = [[3.0, 0.0], [-1.0, 1.0], [0.0, 0.0]]  # a copy, 45° from both, dropped
    assert memorisation_distance(real, fake) == pytest.approx((0 + 1 - np.sqrt(0.5)) / 2)


def test_memorisation_distance_in_blocks_is_the_same(monkeypatch):
    real, fake = drawn(30, 5), drawn(47, 5, seed=1)
    whole = memorisation_distance(real, fake)
    monkeypatch.setattr(
        neighbours, "blocks", lambda rows, _: (slice(k, k + 4) for k in range(0, rows, 4))
    )
    assert memorisation_distance(real, fake) == pytest.approx(whole, rel=1e-14)


def test_nothing_but_zeros_has_no_memorisation_distance():
    with pytest.raises(InputError, match="other than 0, got 3 rows"):
        memorisation_distance(drawn(5, 2), np.zeros((3, 2)))


def test_mifid_of_pictures_that_are_new_is_fid():
    real, fake = drawn(40, 200), drawn(40, 200, seed=1)
    score, plain = mifid(real, fake), fid(real, fake)
    assert score.value == mifid_from(plain.value, 1.0)
    assert (score.low, score.high) == pytest.approx((plain.low, plain.high))
    assert "memorisation distance held at 0.8" in score.interval
    assert any("not public" in warning for warning in score.warnings)
    assert not any("memorised" in warning for warning in score.warnings)


def test_mifid_of_copies_warns_and_is_large():
    real = drawn(40, 200)
    copies = real + 0.1 * drawn(40, 200, seed=1)
    score, plain = mifid(real, copies, with_interval=False), fid(real, copies)
    assert score.value == pytest.approx(plain.value / memorisation_distance(real, copies))
    assert score.value > 10 * plain.value
    assert score.low is None
    assert any("look memorised" in warning for warning in score.warnings)


@pytest.mark.parametrize(
    ("score", "distance", "expected"),
    [
        (73.63257986488566, 0.24011936584153162, 73.63257986488492),
        (48.42357327252762, 0.2021466815879379, 48.423573272527136),
        (141.21430325414448, 0.25525586414974816, 141.21430325414306),
    ],
)
def test_mifid_gives_the_known_scores_to_every_digit(score, distance, expected):
    assert mifid_from(score, distance) == expected


def test_memorised_pictures_raise_mifid():
    assert mifid_from(50.0, 0.05) == pytest.approx(1000.0)
    assert mifid_from(50.0, 0.1) == pytest.approx(50.0)


@pytest.mark.parametrize("distance", [-0.1, 1.1, np.nan])
def test_a_distance_that_is_none_is_refused(distance):
    with pytest.raises(InputError, match=r"in \[0, 1\], got"):
        mifid_from(50.0, distance)
