import numpy as np
import pytest
from scipy.spatial.distance import cdist

from artnb.errors import InputError
from artnb.evaluation.metrics import manifold
from artnb.evaluation.metrics.manifold import precision_recall


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
        manifold, "blocks", lambda rows, _: (slice(k, k + 9) for k in range(0, rows, 9))
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
